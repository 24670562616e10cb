import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { KeyRing } from '../../../src/core/tokens/keyring.ts'
import { isExpiredOwnToken, scopesOf, verifyOwnToken } from '../../../src/core/tokens/own-token.ts'
import {
  API,
  AT,
  firstKey,
  GATEWAY,
  makeRing,
  OWN_CLAIMS,
  signOwn,
} from '../../support/own-tokens.ts'

let ring: KeyRing

beforeAll(async () => {
  ring = await makeRing('ES256', 'RS256')
})

const verifyAt = (token: string, at = AT) => verifyOwnToken(token, ring, GATEWAY, at)

describe('a token of this gateway', () => {
  it('is accepted with its claims', async () => {
    expect(await verifyAt(await signOwn(ring))).toEqual(OWN_CLAIMS)
    const second: KeyRing = { keys: ring.keys.slice(1) }
    expect(await verifyAt(await signOwn(second))).toEqual(OWN_CLAIMS)
  })

  it('AV-29 is valid until exp, to the second', async () => {
    const token = await signOwn(ring)
    expect(await verifyAt(token, AT + 599)).toEqual(OWN_CLAIMS)
    expect(await verifyAt(token, AT + 600)).toBeUndefined()
  })

  it('AV-29 is valid from nbf on, to the second', async () => {
    const token = await signOwn(ring, { nbf: AT })
    expect(await verifyAt(token, AT - 1)).toBeUndefined()
    expect(await verifyAt(token, AT)).toEqual({ ...OWN_CLAIMS, nbf: AT })
  })

  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'JWT', 'jwt'])(
    'is accepted if typ is %j, which a resource can request',
    async (typ) => expect(await verifyAt(await signOwn(ring, {}, { typ }))).toEqual(OWN_CLAIMS),
  )

  it('IT-12 has a list of scopes', () => {
    expect(scopesOf(OWN_CLAIMS)).toEqual(['deploy:read', 'deploy:write'])
  })
})

describe('a token that this gateway did not issue', () => {
  const claims: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['of another issuer', { iss: `${GATEWAY}/` }],
    ['without an issuer', { iss: undefined }],
    ['without exp', { exp: undefined }],
    ['without a subject', { sub: undefined }],
    ['without an audience', { aud: undefined }],
    ['without iat', { iat: undefined }],
    ['without an id', { jti: undefined }],
    ['without a client', { client_id: undefined }],
    ['without a scope', { scope: undefined }],
    ['that is not valid yet', { nbf: AT + 60 }],
    ['with an nbf that is no number', { nbf: 'never' }],
    ['with an nbf that is a number as text', { nbf: String(AT - 60) }],
    ['with an exp that is no number', { exp: String(AT + 600) }],
    ['with an iat that is no number', { iat: String(AT) }],
  ]
  it.each(claims)('is refused %s', async (_, change) => {
    expect(await verifyAt(await signOwn(ring, change))).toBeUndefined()
  })

  it.each([undefined, '', 'id+jwt', 'dpop+jwt', 'txntoken+jwt'])(
    'TOK-16 AV-34 is refused when typ is %j',
    async (typ) => expect(await verifyAt(await signOwn(ring, {}, { typ }))).toBeUndefined(),
  )

  it('TOK-17 is refused if its typ is JWT and its audience is this gateway', async () => {
    const admin = { aud: GATEWAY, scope: 'trust:write' }
    expect(await verifyAt(await signOwn(ring, admin, { typ: 'at+jwt' }))).toBeDefined()
    for (const typ of ['JWT', 'jwt', 'application/jwt']) {
      expect(await verifyAt(await signOwn(ring, admin, { typ }))).toBeUndefined()
    }
  })

  it.each([undefined, '', 'nobody', '__proto__'])('TOK-05 is refused when kid is %j', async (kid) =>
    expect(await verifyAt(await signOwn(ring, {}, { kid }))).toBeUndefined(),
  )

  it('AV-19 is refused if another key signed it with a kid of this gateway', async () => {
    const other = await makeRing('ES256')
    const { keyId } = firstKey(ring)
    expect(await verifyAt(await signOwn(other, {}, { kid: keyId }))).toBeUndefined()
  })

  it('TOK-02 AV-09 is refused if it has a MAC made with the public key', async () => {
    for (const { publicJwk, keyId } of ring.keys) {
      const secret = new TextEncoder().encode(JSON.stringify(publicJwk))
      const token = await new SignJWT(OWN_CLAIMS)
        .setProtectedHeader({ typ: 'at+jwt', kid: keyId, alg: 'HS256' })
        .sign(secret)
      expect(await verifyAt(token)).toBeUndefined()
    }
  })

  it('TOK-04 is refused if it contains its own key', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const token = await new SignJWT(OWN_CLAIMS)
      .setProtectedHeader({
        typ: 'at+jwt',
        kid: firstKey(ring).keyId,
        alg: 'ES256',
        jwk: await exportJWK(publicKey),
      })
      .sign(privateKey)
    expect(await verifyAt(token)).toBeUndefined()
  })

  it.each([
    { crit: ['b64'], b64: false },
    { crit: ['x'], x: 1 },
    { jku: API },
    { x5c: [] },
    { cty: 'JWT' },
  ])('TOK-07 TOK-08 is refused if its header has also %j', async (header) =>
    expect(await verifyAt(await signOwn(ring, {}, header))).toBeUndefined(),
  )

  it('TOK-02 is refused if its header names the algorithm of another key', async () => {
    const [first, second] = ring.keys
    const token = await signOwn(ring, {}, { kid: second?.keyId })
    expect(await verifyAt(token)).toBeUndefined()
    const named = ring.keys.map((key) => ({ ...key, algorithm: 'PS256' as const }))
    expect(await verifyOwnToken(await signOwn(ring), { keys: named }, GATEWAY, AT)).toBeUndefined()
    const swapped = [
      { ...firstKey(ring), publicJwk: second?.publicJwk ?? firstKey(ring).publicJwk },
    ]
    expect(first?.publicJwk.kty).not.toBe(second?.publicJwk.kty)
    expect(
      await verifyOwnToken(await signOwn(ring), { keys: swapped }, GATEWAY, AT),
    ).toBeUndefined()
  })

  it('TOK-02 TOK-09 is refused if it names another algorithm or a member twice, even if we signed it', async () => {
    const { keyId, sign } = firstKey(ring)
    const head = JSON.stringify({ typ: 'at+jwt', alg: 'ES256', kid: keyId })
    const body = JSON.stringify(OWN_CLAIMS)
    const signText = async (header: string, claims: string) => {
      const text = [header, claims].map((part) => Buffer.from(part).toString('base64url')).join('.')
      return `${text}.${Buffer.from(await sign(Buffer.from(text))).toString('base64url')}`
    }
    expect(await verifyAt(await signText(head, body))).toEqual(OWN_CLAIMS)
    const named = head.replace('ES256', 'RS256')
    expect(await verifyAt(await signText(named, body))).toBeUndefined()
    const twice = body.replace('{', '{"scope":"deploy:read",')
    expect(await verifyAt(await signText(head, twice))).toBeUndefined()
    expect(
      await verifyAt(await signText(head.replace('{', '{"typ":"at+jwt",'), body)),
    ).toBeUndefined()
    expect(await verifyAt(await signText(`\ufeff${head}`, body))).toBeUndefined()
  })

  it.each(['', '.', 'a.b', 'a.b.c', 'a.b.c.d.e', '{}', 'x'.repeat(20_000), '\0'])(
    'is refused without an exception: %#',
    async (text) => expect(await verifyAt(text)).toBeUndefined(),
  )

  it('TOK-01 is refused without a signature', async () => {
    const [, payload] = (await signOwn(ring)).split('.')
    const header = JSON.stringify({ typ: 'at+jwt', alg: 'none', kid: firstKey(ring).keyId })
    const token = `${Buffer.from(header).toString('base64url')}.${payload}.`
    expect(await verifyAt(token)).toBeUndefined()
  })

  it('TOK-14 is refused if it is larger than 16 KiB, even with a valid signature', async () => {
    expect(await verifyAt(await signOwn(ring, { pad: 'x'.repeat(11_000) }))).toBeDefined()
    expect(await verifyAt(await signOwn(ring, { pad: 'x'.repeat(12_000) }))).toBeUndefined()
  })
})

describe('an expired token of this gateway', () => {
  const isExpired = (token: string, at = AT + 600) => isExpiredOwnToken(token, ring, GATEWAY, at)

  it('is known by its claims as of the moment of its issue', async () => {
    expect(await isExpired(await signOwn(ring))).toBe(true)
    expect(await isExpired(await signOwn(ring, { exp: AT + 1 }), AT + 1)).toBe(true)
    expect(await isExpired(await signOwn(ring, { iat: AT + 599 }), AT + 599)).toBe(true)
  })

  it.each([
    ['issued in the future', { iat: AT + 601, exp: AT + 700 }],
    ['that ended before it was issued', { exp: AT - 1 }],
    ['without iat', { iat: undefined }],
    ['with an iat that is no number', { iat: String(AT) }],
    ['of another issuer', { iss: `${GATEWAY}/` }],
  ])('is not a token %s', async (_, change) => {
    expect(await isExpired(await signOwn(ring, change))).toBe(false)
  })

  it.each(['', 'a.b.c', 'x'.repeat(20_000)])('is no other text: %#', async (text) => {
    expect(await isExpired(text)).toBe(false)
  })
})
