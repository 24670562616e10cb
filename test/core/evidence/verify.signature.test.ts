import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { selectKey } from '../../../src/core/evidence/select-key.ts'
import type { PublicKey } from '../../../src/core/keys/issuer-keys.ts'
import { base64url, createSigner, judge, type Signer, usable } from './support/tokens.ts'

let es256: Signer
let rs256: Signer
let ps256: Signer

beforeAll(async () => {
  ;[es256, rs256, ps256] = await Promise.all([
    createSigner('ES256'),
    createSigner('RS256'),
    createSigner('PS256'),
  ])
})

describe('a signature', () => {
  it('that is valid is accepted, from RSA and EC keys', async () => {
    expect(await judge(await es256.sign(), es256.publicKey)).toBe('accepted')
    expect(await judge(await rs256.sign(), rs256.publicKey)).toBe('accepted')
  })

  it('AV-19 KEY-10 of another issuer is invalid, even with the same kid', async () => {
    const other = await createSigner('ES256')
    const forged = await other.sign({}, { kid: es256.header.kid })
    expect(await judge(forged, es256.publicKey)).toBe('signature_invalid')
  })

  it('AV-13 covers header and claims', async () => {
    const [header = '', payload = '', signature = ''] = (await es256.sign()).split('.')
    const claims = Buffer.from(payload, 'base64url').toString().replace('job:1', 'job:2')
    const text = Buffer.from(header, 'base64url').toString().replace('"JWT"', '"jwt"')
    for (const forged of [
      `${header}.${base64url(claims)}.${signature}`,
      `${base64url(text)}.${payload}.${signature}`,
    ]) {
      expect(await judge(forged, es256.publicKey)).toBe('signature_invalid')
    }
  })

  it('is checked before any claim', async () => {
    const other = await createSigner('ES256')
    for (const claims of [{ exp: 1 }, { aud: 'x' }, { sub: undefined }, { cnf: {} }]) {
      expect(await judge(await other.sign(claims), es256.publicKey)).toBe('signature_invalid')
    }
  })
})

describe('the bytes of an ECDSA signature', () => {
  const bytes = async () => {
    const [header = '', payload = '', signature = ''] = (await es256.sign()).split('.')
    return { input: `${header}.${payload}`, signature: Buffer.from(signature, 'base64url') }
  }

  const changes: readonly (readonly [string, (signature: Buffer) => Uint8Array])[] = [
    ['TOK-12 all zero', () => new Uint8Array(64)],
    ['TOK-12 a zero r', (s) => Buffer.concat([new Uint8Array(32), s.subarray(32)])],
    ['TOK-12 a zero s', (s) => Buffer.concat([s.subarray(0, 32), new Uint8Array(32)])],
    ['TOK-12 all ones', () => new Uint8Array(64).fill(0xff)],
    ['TOK-12 one byte too few', (s) => s.subarray(0, 63)],
    ['TOK-12 one byte too many', (s) => Buffer.concat([s, new Uint8Array(1)])],
    ['TOK-12 one byte', () => new Uint8Array([1])],
    ['TOK-12 twice the signature', (s) => Buffer.concat([s, s])],
    ['AV-11 DER', (s) => toDer(s)],
  ]
  it.each(changes)('are invalid as %s', async (_, change) => {
    const { input, signature } = await bytes()
    const token = `${input}.${base64url(change(signature))}`
    expect(await judge(token, es256.publicKey)).toBe('signature_invalid')
  })
})

/** SEQUENCE of two INTEGERs, each with a zero byte in front: valid when the top bits are set. */
function toDer(signature: Buffer): Uint8Array {
  const integer = (part: Buffer) => {
    const isNegative = (part[0] ?? 0) >= 0x80
    const body = isNegative ? Buffer.concat([new Uint8Array(1), part]) : part
    return Buffer.concat([new Uint8Array([0x02, body.length]), body])
  }
  const body = Buffer.concat([integer(signature.subarray(0, 32)), integer(signature.subarray(32))])
  return Buffer.concat([new Uint8Array([0x30, body.length]), body])
}

describe('algorithm confusion', () => {
  const secrets: readonly (readonly [string, () => string | Buffer])[] = [
    ['PEM', () => spki().export({ type: 'spki', format: 'pem' })],
    ['DER', () => spki().export({ type: 'spki', format: 'der' })],
    ['PKCS#1 PEM', () => spki().export({ type: 'pkcs1', format: 'pem' })],
    ['JWK text', () => JSON.stringify(rs256.jwk)],
    ['the bytes of the modulus', () => Buffer.from(rs256.jwk.n ?? '', 'base64url')],
    ['the text of the modulus', () => rs256.jwk.n ?? ''],
    ['no bytes at all', () => ''],
  ]
  const spki = () => createPublicKey({ key: rs256.jwk, format: 'jwk' })

  it.each(secrets)(
    'TOK-02 AV-09 is not possible by an HMAC with the public key as %s',
    async (_, secret) => {
      const [header = '', payload = ''] = (await rs256.sign({}, { alg: 'HS256' })).split('.')
      const mac = createHmac('sha256', secret()).update(`${header}.${payload}`).digest('base64url')
      const { alg: _alg, ...withoutAlg } = rs256.publicKey
      for (const key of [rs256.publicKey, withoutAlg]) {
        expect(selectKey([key], { alg: 'HS256', kid: String(key.kid) })).toBeUndefined()
        // Even if the key were selected, the signature would not verify.
        expect(await judge(`${header}.${payload}.${mac}`, key)).toBe('signature_invalid')
      }
    },
  )

  it.each(['none', 'None', 'NONE', 'nOnE', ''])(
    'TOK-01 AV-08 is not possible by alg %j',
    async (alg) => {
      const { alg: _alg, ...withoutAlg } = rs256.publicKey
      for (const key of [rs256.publicKey, withoutAlg]) {
        expect(selectKey([key], { alg })).toBeUndefined()
        expect(await judge(await rs256.sign({}, { alg }), key)).toBe('signature_invalid')
      }
    },
  )

  it('TOK-03 AV-10 is not possible by PS256 or RS512 with a key for RS256', async () => {
    const marked = usable({ ...ps256.jwk, alg: 'RS256' })
    expect(selectKey([marked], { alg: 'PS256' })).toBeUndefined()
    expect(await judge(await ps256.sign(), marked)).toBe('signature_invalid')
    const rs512 = await createSigner('RS512')
    const markedToo = usable({ ...rs512.jwk, alg: 'RS256' })
    expect(selectKey([markedToo], { alg: 'RS512' })).toBeUndefined()
    expect(await judge(await rs512.sign(), markedToo)).toBe('signature_invalid')
  })

  it('TOK-03 is not possible between ECDSA tokens and RSA keys', async () => {
    expect(await judge(await es256.sign(), rs256.publicKey)).toBe('signature_invalid')
    expect(await judge(await rs256.sign(), es256.publicKey)).toBe('signature_invalid')
  })

  it('TOK-04 is not possible by a key in the header of the token', async () => {
    const evil = await createSigner('ES256')
    const token = await evil.sign({}, { jwk: evil.jwk, kid: es256.header.kid })
    expect(await judge(token, es256.publicKey)).toBe('token_malformed')
  })
})

describe('an invalid issuer key', () => {
  it('KEY-06 AV-13 that is off the curve verifies no token', async () => {
    const token = await es256.sign()
    const flipped = Buffer.from(es256.jwk.y ?? '', 'base64url')
    flipped[31] = (flipped[31] ?? 0) ^ 1
    const zero = base64url(new Uint8Array(32))
    const good = usable(es256.jwk)
    const off: PublicKey = { ...good, y: base64url(flipped) }
    const infinity: PublicKey = { ...good, x: zero, y: zero }
    for (const key of [off, infinity]) expect(() => usable(key)).toThrow()
    // A stored row of an older release may still contain such a key.
    for (const key of [off, infinity]) expect(await judge(token, key)).toBe('signature_invalid')
  })

  it('KEY-04 with a short modulus is refused even with leading zeros', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const n = Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url')
    const padded = Buffer.concat([new Uint8Array(128), n])
    const key: PublicKey = { kty: 'RSA', e: 'AQAB', n: base64url(padded) }
    expect(() => usable(key)).toThrow()
    const [header, payload] = (await rs256.sign({}, { kid: undefined })).split('.')
    const signature = sign('sha256', Buffer.from(`${header}.${payload}`), privateKey)
    const token = `${header}.${payload}.${signature.toString('base64url')}`
    expect(await judge(token, key)).toBe('signature_invalid')
  })
})
