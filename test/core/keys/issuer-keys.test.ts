import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { describeKeyFault, isKeyId, readKeySet } from '../../../src/core/keys/issuer-keys.ts'

/** An odd modulus of this many bits, as octets. Its factors do not matter here. */
function modulus(bits: number): Buffer {
  const octets = Buffer.alloc(Math.ceil(bits / 8), 0xc5)
  octets[0] = 0xff >> (octets.length * 8 - bits)
  return octets
}
const encode = (octets: Buffer) => octets.toString('base64url')
const jwkOf = (crv: string) =>
  generateKeyPairSync('ec', { namedCurve: crv }).publicKey.export({ format: 'jwk' })

const rsa = { kty: 'RSA', kid: 'r', alg: 'RS256', use: 'sig', n: encode(modulus(2048)), e: 'AQAB' }
const ec = { ...jwkOf('P-256'), kid: 'e' }
const p384 = { ...jwkOf('P-384'), kid: 'f' }
const okp = { ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid: 'o' }

function read(...keys: readonly unknown[]) {
  const reading = readKeySet({ keys })
  if (!reading.ok) throw new Error(reading.error.fault)
  return reading.value
}

describe('a key set', () => {
  it('KEY-12 keeps only the members that are used, and freezes each key', () => {
    const [first, second, third] = read(
      { ...rsa, x5c: ['AAAA'], note: 1 },
      { ...ec, alg: 'ES256' },
      { ...okp, alg: 'EdDSA' },
    ).keys
    expect(first).toEqual({ kty: 'RSA', kid: 'r', alg: 'RS256', n: rsa.n, e: 'AQAB' })
    expect(second).toEqual({ ...ec, alg: 'ES256' })
    expect(third).toEqual(okp)
    expect(Object.isFrozen(first)).toBe(true)
  })

  it.each([[undefined], [null], ['{}'], [[]], [{}], [{ keys: {} }], [{ keys: 'x' }]])(
    'JK-01 cannot be %j',
    (document) =>
      expect(readKeySet(document)).toEqual({ ok: false, error: { fault: 'not_a_key_set' } }),
  )

  it('has at most 64 keys, and the fault contains their number', () => {
    expect(read(...Array.from({ length: 64 }, () => rsa)).keys).toHaveLength(64)
    const keys = Array.from({ length: 65 }, () => rsa)
    expect(readKeySet({ keys })).toEqual({
      ok: false,
      error: { fault: 'too_many_keys', keyCount: 65 },
    })
  })

  it('may be empty', () => expect(read()).toEqual({ keys: [], unusable: [] }))
})

describe('an unusable entry', () => {
  const rows: readonly (readonly [string, unknown, string | undefined, string])[] = [
    ['null', null, undefined, 'not_an_object'],
    ['a text', 'key', undefined, 'not_an_object'],
    ['a list', [rsa], undefined, 'not_an_object'],
    ['AV-16 without kty', { ...rsa, kty: undefined }, 'kty', 'kty_unsupported'],
    ['AV-16 of an unknown kty', { ...rsa, kty: 'AKP' }, 'kty', 'kty_unsupported'],
    ['KEY-01 oct', { kty: 'oct', kid: 'r', k: 'AAAA' }, 'k', 'private'],
    ['KEY-01 an RSA key with k', { ...rsa, k: 'AAAA' }, 'k', 'private'],
    ['KEY-07 Ed448', { kty: 'OKP', crv: 'Ed448', x: 'AAAA' }, 'crv', 'crv_unsupported'],
    ['KEY-07 X25519', { ...okp, crv: 'X25519' }, 'crv', 'crv_unsupported'],
    ['KEY-08 with its private exponent', { ...rsa, d: 'AAAA' }, 'd', 'private'],
    ['KEY-08 with a prime', { ...rsa, p: 'AAAA' }, 'p', 'private'],
    ['KEY-08 an EC key with d', { ...ec, d: 'AAAA' }, 'd', 'private'],
    ['KEY-02 use enc', { ...rsa, use: 'enc' }, 'use', 'other_use'],
    ['KEY-02 use jwt-svid', { ...rsa, use: 'jwt-svid' }, 'use', 'other_use'],
    ['KEY-02 a use that is a list', { ...rsa, use: ['sig'] }, 'use', 'other_use'],
    ['KEY-02 key_ops without verify', { ...rsa, key_ops: ['encrypt'] }, 'key_ops', 'other_use'],
    ['KEY-02 key_ops as text', { ...rsa, key_ops: 'verify' }, 'key_ops', 'key_ops_malformed'],
    ['KEY-02 alg that is a list', { ...rsa, alg: ['RS256'] }, 'alg', 'alg_mismatch'],
    ['KEY-02 alg none', { ...rsa, alg: 'none' }, 'alg', 'alg_mismatch'],
    ['KEY-02 alg RSA-OAEP', { ...rsa, alg: 'RSA-OAEP' }, 'alg', 'alg_mismatch'],
    ['KEY-02 the alg of another curve', { ...ec, alg: 'ES384' }, 'alg', 'alg_mismatch'],
    ['KEY-02 kid that is a number', { ...rsa, kid: 1 }, 'kid', 'kid_malformed'],
    ['AV-16 no modulus', { ...rsa, n: undefined }, 'n', 'not_base64'],
    ['AV-16 a modulus with a space', { ...rsa, n: `${rsa.n} ` }, 'n', 'not_base64'],
    ['KEY-04 AV-11 1,024 bits', { ...rsa, n: encode(modulus(1024)) }, 'n', 'modulus_size'],
    ['KEY-04 2,047 bits', { ...rsa, n: encode(modulus(2047)) }, 'n', 'modulus_size'],
    ['KEY-04 8,193 bits', { ...rsa, n: encode(modulus(8193)) }, 'n', 'modulus_size'],
    ['KEY-04 zeros', { ...rsa, n: encode(Buffer.alloc(256)) }, 'n', 'modulus_size'],
    [
      'KEY-04 512 bits with leading zeros',
      { ...rsa, n: encode(Buffer.concat([Buffer.alloc(192), modulus(512)])) },
      'n',
      'modulus_size',
    ],
    ['AV-16 an even modulus', { ...rsa, n: encode(Buffer.alloc(256, 0xc4)) }, 'n', 'modulus_even'],
    ['KEY-05 exponent 1', { ...rsa, e: 'AQ' }, 'e', 'exponent'],
    ['KEY-05 exponent 3', { ...rsa, e: 'Aw' }, 'e', 'exponent'],
    ['KEY-05 an even exponent', { ...rsa, e: 'AQAA' }, 'e', 'exponent'],
    ['KEY-05 an exponent as number', { ...rsa, e: 65537 }, 'e', 'not_base64'],
    ['KEY-05 no exponent', { ...rsa, e: undefined }, 'e', 'not_base64'],
    ['KEY-06 another curve', { ...ec, crv: 'secp256k1' }, 'crv', 'crv_unsupported'],
    ['KEY-06 no curve', { ...ec, crv: undefined }, 'crv', 'crv_unsupported'],
    ['KEY-06 a point off the curve', { ...ec, y: ec.x }, 'x', 'off_curve'],
    ['KEY-06 infinity', { ...ec, x: 'AA', y: 'AA' }, 'x', 'off_curve'],
    ['KEY-06 coordinates of a larger curve', { ...p384, crv: 'P-256' }, 'x', 'coordinate_size'],
    ['KEY-06 coordinates of a smaller curve', { ...ec, crv: 'P-384' }, 'x', 'off_curve'],
    ['AV-16 no y', { ...ec, y: undefined }, 'y', 'not_base64'],
    ['AV-16 x that is a number', { ...ec, x: 1 }, 'x', 'not_base64'],
    ['KEY-07 a short Ed25519 key', { ...okp, x: 'AA' }, 'x', 'weak_point'],
  ]
  it.each(rows)(
    'AV-16 %s is skipped and reported, and the other keys stay usable',
    (_, entry, member, code) => {
      const { keys, unusable } = read(entry, { ...ec, kid: 'good' })
      expect(keys.map(({ kid }) => kid)).toEqual(['good'])
      expect(unusable).toEqual([expect.objectContaining({ index: 0, code })])
      expect(unusable[0]?.member).toBe(member)
    },
  )

  it('is described by its index, a readable kid, the member and the reason, without a value', () => {
    const [fault] = read(ec, { ...rsa, e: 'Aw' }).unusable
    expect(fault && describeKeyFault(fault)).toBe('key 1 ("r"): "e" must be 65537')
    const [odd] = read({ ...rsa, kid: 'a\n', e: 'Aw' }).unusable
    expect(odd).toEqual({ index: 0, member: 'kid', code: 'kid_malformed' })
  })
})

describe('an entry in an unusual spelling', () => {
  const standard = (text: string) => Buffer.from(text, 'base64url').toString('base64')
  const zeros = (text: string) =>
    encode(Buffer.concat([Buffer.alloc(1), Buffer.from(text, 'base64url')]))
  const plain = { kty: 'RSA', kid: 'r', n: rsa.n, e: 'AQAB' }
  const point = { ...ec, x: String(ec.x), y: String(ec.y) }
  it.each([
    ['padded base64', { ...plain, n: `${plain.n}==` }, plain],
    ['standard base64', { ...plain, n: standard(plain.n), e: standard('AQAB') }, plain],
    ['leading zero octets in n and e', { ...plain, n: zeros(plain.n), e: 'AAEAAQ' }, plain],
    ['standard base64 in x and y', { ...point, x: standard(point.x), y: standard(point.y) }, ec],
    ['a sign octet before x', { ...point, x: zeros(point.x) }, ec],
    ['padded Ed25519', { ...okp, x: `${okp.x}=` }, okp],
    [
      'members that are null',
      { ...plain, alg: null, use: null, key_ops: null, x5t: null, x5c: null, d: null, p: null },
      plain,
    ],
    [
      'members that are empty strings and lists',
      { ...plain, alg: '', use: '', key_ops: [], d: '', p: '', k: '', oth: [], x5c: [] },
      plain,
    ],
    ['kid that is an empty string', { ...plain, kid: '' }, { kty: 'RSA', n: rsa.n, e: 'AQAB' }],
    ['use sign, as Concourse publishes it', { ...plain, use: 'sign' }, plain],
    ['use SIG', { ...plain, use: 'SIG' }, plain],
    ['use signature', { ...plain, use: 'signature' }, plain],
    ['key_ops of the private half', { ...plain, key_ops: ['sign'] }, plain],
    ['kid that is null', { ...plain, kid: null }, { kty: 'RSA', n: rsa.n, e: 'AQAB' }],
    ['an empty list of key_ops', { ...plain, key_ops: [] }, plain],
    ['repeated key_ops', { ...plain, key_ops: ['verify', 'verify', 7] }, plain],
    ['other members with any value', { ...plain, x5c: 'a+/=', ext: {}, oth2: [] }, plain],
  ])('is a key: %s', (_, entry, expected) => expect(read(entry).keys).toEqual([expected]))

  it('a coordinate without its leading zero octet is a key', () => {
    for (;;) {
      const jwk = jwkOf('P-256')
      const octets = Buffer.from(String(jwk.x), 'base64url')
      if (octets[0] !== 0) continue
      expect(read({ ...jwk, x: encode(octets.subarray(1)) }).keys).toEqual([jwk])
      break
    }
  })
})

describe('an entry at a limit', () => {
  it.each([
    ['2,048 bits', rsa],
    ['3,072 bits', { ...rsa, n: encode(modulus(3072)) }],
    ['8,192 bits', { ...rsa, n: encode(modulus(8192)) }],
    ['key_ops with verify', { ...rsa, key_ops: ['verify'] }],
    ['no use', { ...rsa, use: undefined }],
    ['no kid', { ...rsa, kid: undefined }],
    ['P-384', p384],
    ['P-521', jwkOf('P-521')],
    ['Ed25519 with alg Ed25519', { ...okp, alg: 'Ed25519' }],
  ])('is a key: %s', (_, entry) => expect(read(entry).keys).toHaveLength(1))
})

describe('a SPIFFE bundle', () => {
  const bundle = (entry: object) => {
    const reading = readKeySet({ keys: [entry] }, { kind: 'spiffe_bundle' })
    return reading.ok ? (reading.value.unusable[0]?.code ?? 'key') : reading.error.fault
  }
  it('SP-04 gives the keys for JWT-SVIDs, each with a kid', () => {
    const svid = { ...ec, use: 'jwt-svid' }
    expect(bundle(svid)).toBe('key')
    expect(bundle({ ...svid, kid: undefined })).toBe('kid_missing')
    expect(bundle({ ...svid, kid: null })).toBe('kid_missing')
    for (const use of ['sig', 'sign', 'x509-svid', 'wit-svid', undefined, null]) {
      expect(bundle({ ...svid, use })).toBe('other_use')
    }
  })
})

describe('a key id', () => {
  it('TOK-05 is 1 to 256 printable ASCII characters', () => {
    expect(['a', 'a b', '/', 'k'.repeat(256)].map(isKeyId)).toEqual([true, true, true, true])
    const bad = ['', 'k'.repeat(257), 'a\n', 'a\0', 'ä', 1, null, undefined, ['a'], {}]
    expect(bad.filter(isKeyId)).toEqual([])
  })
})
