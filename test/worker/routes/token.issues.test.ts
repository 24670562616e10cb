import { createLocalJWKSet, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { applyTrust, exchange, GATEWAY, readJson, send } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'

const issuer = newIssuer()

beforeAll(() => applyTrust(trustFor(issuer.url)))

async function verify(token: unknown) {
  const keySet = createLocalJWKSet(await (await send('/jwks.json')).json())
  return jwtVerify(String(token), keySet, { issuer: GATEWAY, audience: API, typ: 'at+jwt' })
}

describe('POST /token', () => {
  it('TE-13 TE-37 answers a good exchange as RFC 8693 requires, and not cacheable', async () => {
    const response = await exchange(await issuer.mint())
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(await readJson(response)).toEqual({
      access_token: expect.any(String),
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 600,
      scope: 'deploy:read deploy:write',
      decision_id: expect.stringMatching(/^dec_[A-Za-z0-9_-]{22}$/),
    })
  })

  it('IT issues a token with subject, audience, expiry, rule and origin', async () => {
    const subjectToken = await issuer.mint()
    const { access_token } = await readJson(await exchange(subjectToken))
    const { payload, protectedHeader } = await verify(access_token)
    const [, encoded = ''] = subjectToken.split('.')
    const origin = JSON.parse(atob(encoded.replaceAll('-', '+').replaceAll('_', '/')))
    expect(protectedHeader).toEqual({ typ: 'at+jwt', alg: 'ES256', kid: expect.any(String) })
    expect(payload).toEqual({
      iss: GATEWAY,
      sub: `github:${origin.sub}`,
      aud: API,
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + 600,
      jti: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
      client_id: 'deploy',
      scope: 'deploy:read deploy:write',
      origin: { iss: issuer.url, sub: origin.sub, jti: origin.jti },
      rev: expect.any(Number),
    })
  })

  it('grants only the requested scopes', async () => {
    const body = await readJson(await exchange(await issuer.mint(), { scope: 'deploy:read' }))
    expect(body.scope).toBe('deploy:read')
    expect((await verify(body.access_token)).payload.scope).toBe('deploy:read')
  })

  it('TE-08 accepts the resource in the audience parameter too', async () => {
    const response = await exchange(await issuer.mint(), { resource: undefined, audience: API })
    expect(response.status).toBe(200)
  })

  it('ignores unknown parameters (RFC 6749 §3.2)', async () => {
    const response = await exchange(await issuer.mint(), { requested_flavour: 'vanilla' })
    expect(response.status).toBe(200)
  })

  it('gives every token and every decision its own id', async () => {
    const bodies = await Promise.all(
      Array.from({ length: 20 }, async () => readJson(await exchange(await issuer.mint()))),
    )
    expect(new Set(bodies.map(({ decision_id }) => decision_id)).size).toBe(20)
    expect(new Set(bodies.map(({ access_token }) => access_token)).size).toBe(20)
  })

  it('uses the keys it has while the issuer is down', async () => {
    await exchange(await issuer.mint())
    await issuer.behave({ discovery: 'down', jwks: 'down' })
    expect((await exchange(await issuer.mint())).status).toBe(200)
    await issuer.behave({ discovery: 'normal', jwks: 'normal' })
  })

  it('NET-08 accepts a rotated key with one fetch, however many tokens arrive at once', async () => {
    await exchange(await issuer.mint())
    const before = await issuer.requests()
    await issuer.rotate()
    const subjectTokens = await Promise.all(Array.from({ length: 40 }, () => issuer.mint()))
    const responses = await Promise.all(subjectTokens.map((token) => exchange(token)))
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
    const after = await issuer.requests()
    expect(after).toEqual({ discovery: before.discovery + 1, jwks: before.jwks + 1 })
  })
})
