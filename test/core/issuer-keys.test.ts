import { describe, expect, it } from 'vitest'
import { isKeyId, parseKeySet } from '../../src/core/issuer-keys.ts'

/** A modulus of so many bits, as text; its value does not matter here. */
const modulus = (bits: number) => Buffer.alloc(bits / 8, 0xc5).toString('base64url')
const rsa = { kty: 'RSA', kid: 'r', alg: 'RS256', use: 'sig', n: modulus(2048), e: 'AQAB' }
const ec = { kty: 'EC', kid: 'e', crv: 'P-256', x: 'x', y: 'y' }

const parse = (...keys: readonly unknown[]) => parseKeySet({ keys })

describe('a key set', () => {
  it('KEY-12 keeps of a key only what is read, and freezes it', () => {
    const [first, second] = parse({ ...rsa, x5c: ['AAAA'], note: 1 }, { ...ec, alg: 'ES256' }) ?? []
    expect(first).toEqual({ kty: 'RSA', kid: 'r', alg: 'RS256', n: rsa.n, e: 'AQAB' })
    expect(second).toEqual({ ...ec, alg: 'ES256' })
    expect(Object.isFrozen(first)).toBe(true)
  })

  it.each([[undefined], [null], ['{}'], [[]], [{}], [{ keys: {} }], [{ keys: 'x' }]])(
    'JK-01 is not %j',
    (document) => expect(parseKeySet(document)).toBeUndefined(),
  )

  it('has at most 64 keys', () => {
    expect(parse(...Array.from({ length: 64 }, () => rsa))).toHaveLength(64)
    expect(parse(...Array.from({ length: 65 }, () => rsa))).toBeUndefined()
  })

  it('may be empty', () => expect(parse()).toEqual([]))
})

describe('an entry that is no key for us', () => {
  const rows: readonly (readonly [string, unknown])[] = [
    ['null', null],
    ['a text', 'key'],
    ['a list', [rsa]],
    ['AV-16 without kty', { ...rsa, kty: undefined }],
    ['AV-16 of an unknown kty', { ...rsa, kty: 'AKP' }],
    ['KEY-01 oct', { kty: 'oct', kid: 'r', k: 'AAAA' }],
    ['KEY-01 an RSA key with k', { ...rsa, k: 'AAAA' }],
    ['KEY-07 OKP', { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }],
    ['KEY-08 with its private exponent', { ...rsa, d: 'AAAA' }],
    ['KEY-08 with a prime', { ...rsa, p: 'AAAA' }],
    ['KEY-08 an EC key with d', { ...ec, d: 'AAAA' }],
    ['KEY-08 with d that is null', { ...ec, d: null }],
    ['KEY-02 use enc', { ...rsa, use: 'enc' }],
    ['KEY-02 use jwt-svid', { ...rsa, use: 'jwt-svid' }],
    ['KEY-02 use that is a list', { ...rsa, use: ['sig'] }],
    ['KEY-02 key_ops without verify', { ...rsa, key_ops: ['encrypt'] }],
    ['KEY-02 key_ops that is a text', { ...rsa, key_ops: 'verify' }],
    ['KEY-02 alg that is a list', { ...rsa, alg: ['RS256'] }],
    ['KEY-02 kid that is a number', { ...rsa, kid: 1 }],
    ['KEY-02 an empty kid', { ...rsa, kid: '' }],
    ['AV-16 no modulus', { ...rsa, n: undefined }],
    ['AV-16 a modulus that is no base64url', { ...rsa, n: `${rsa.n}=` }],
    ['KEY-04 AV-11 1,024 bits', { ...rsa, n: modulus(1024) }],
    ['KEY-04 2,040 bits', { ...rsa, n: modulus(2040) }],
    ['KEY-04 8,200 bits', { ...rsa, n: modulus(8200) }],
    ['KEY-05 exponent 1', { ...rsa, e: 'AQ' }],
    ['KEY-05 exponent 3', { ...rsa, e: 'Aw' }],
    ['KEY-05 an even exponent', { ...rsa, e: 'AQAA' }],
    ['KEY-05 65537 with a zero in front', { ...rsa, e: 'AAEAAQ' }],
    ['KEY-05 no exponent', { ...rsa, e: undefined }],
    ['KEY-06 another curve', { ...ec, crv: 'secp256k1' }],
    ['KEY-06 no curve', { ...ec, crv: undefined }],
    ['AV-16 no y', { ...ec, y: undefined }],
    ['AV-16 x that is a number', { ...ec, x: 1 }],
  ]
  it.each(rows)('AV-16 %s is skipped, and the set stays', (_, entry) => {
    expect(parse(entry, { ...ec, kid: 'good' })?.map(({ kid }) => kid)).toEqual(['good'])
  })
})

describe('an entry at the edge', () => {
  it.each([
    ['2,048 bits', { ...rsa, n: modulus(2048) }],
    ['3,072 bits', { ...rsa, n: modulus(3072) }],
    ['8,192 bits', { ...rsa, n: modulus(8192) }],
    ['key_ops with verify', { ...rsa, key_ops: ['verify'] }],
    ['no use', { ...rsa, use: undefined }],
    ['no kid', { ...rsa, kid: undefined }],
    ['P-521', { ...ec, crv: 'P-521' }],
  ])('is a key: %s', (_, entry) => expect(parse(entry)).toHaveLength(1))
})

describe('a key id', () => {
  it('TOK-05 is 1 to 256 printable ASCII characters', () => {
    expect(['a', 'a b', '/', 'k'.repeat(256)].map(isKeyId)).toEqual([true, true, true, true])
    const bad = ['', 'k'.repeat(257), 'a\n', 'a\0', 'ä', 1, null, undefined, ['a'], {}]
    expect(bad.filter(isKeyId)).toEqual([])
  })
})
