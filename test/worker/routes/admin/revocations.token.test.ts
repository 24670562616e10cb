import { beforeAll, describe, expect, it } from 'vitest'
import { MAX_TOKEN_LIFETIME_CEILING_SECONDS } from '../../../../src/contract/limits.ts'
import {
  accessToken,
  adminToken,
  applyTrust,
  bearer,
  post,
  readJson,
  send,
} from '../../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../../support/issuer.ts'
import { trustFor } from '../../support/trust.ts'

let issuer: TestIssuer

beforeAll(async () => {
  issuer = await quickIssuer()
  await applyTrust(trustFor(issuer.url))
})

const jtiOf = (token: string): string => {
  const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')
  return String(JSON.parse(atob(payload)).jti)
}

async function isActive(token: string): Promise<unknown> {
  return (await readJson(await post('/introspect', { token }, bearer(token)))).active
}

async function revoke(
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return send('/admin/v1/revocations', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(await adminToken()), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

describe('POST /admin/v1/revocations', () => {
  it('revokes a token by its jti and returns the end of the revocation', async () => {
    const token = await accessToken(await issuer.mint())
    expect(await isActive(token)).toBe(true)
    const response = await revoke({ jti: jtiOf(token), reason: 'in a public log, ticket 7' })
    expect(response.status).toBe(200)
    const report = await readJson(response)
    expect(Object.keys(report)).toEqual(['jti', 'revoked_at', 'expires_at'])
    expect(Number(report.expires_at) - Number(report.revoked_at)).toBeGreaterThanOrEqual(
      MAX_TOKEN_LIFETIME_CEILING_SECONDS,
    )
    expect(await isActive(token)).toBe(false)
    expect(await readJson(await revoke({ jti: jtiOf(token) }))).toEqual(report)
  })

  it('revokes a token that is sent itself, until the token expires', async () => {
    const token = await accessToken(await issuer.mint())
    const report = await readJson(await revoke({ token }))
    expect(report.jti).toBe(jtiOf(token))
    expect(Number(report.expires_at) - Number(report.revoked_at)).toBeLessThan(3600)
    expect(await isActive(token)).toBe(false)
  })

  it('accepts the jti at /revoke as well, from an administrator', async () => {
    const token = await accessToken(await issuer.mint())
    const response = await post('/revoke', { token: jtiOf(token) }, bearer(await adminToken()))
    expect(response.status).toBe(200)
    expect(await isActive(token)).toBe(false)
  })

  it('at /revoke tells an administrator that nothing was revoked', async () => {
    const response = await post('/revoke', { token: 'leaked' }, bearer(await adminToken()))
    expect(response.status).toBe(400)
    expect(await readJson(response)).toMatchObject({
      error: 'invalid_request',
      error_description: 'nothing was revoked: token_unknown',
    })
  })

  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    ['no JSON', '{', /the body is no JSON/],
    ['a list', [], /the body must be JSON/],
    ['no jti', {}, /must have exactly one of jti, token/],
    ['both', { jti: 'Zm9vYmFyYmF6cXV4MTIzNA', token: 'x' }, /must have exactly one of jti, token/],
    ['a token of another issuer', { token: 'a.b.c' }, /token is not a token of this gateway/],
    ['an empty token', { token: '' }, /token is not a token of this gateway/],
    ['a number', { jti: 7 }, /jti must be of type string$/],
    ['a short one', { jti: 'abc' }, /jti is not the jti of an issued token/],
    ['a token', { jti: 'a.b.c' }, /jti is not the jti/],
    ['a decision', { jti: 'dec_Zm9vYmFyYmF6cXV4MTIzNA' }, /is a decision id/],
    [
      'an unknown member',
      { jti: 'Zm9vYmFyYmF6cXV4MTIzNA', tenant: 'x' },
      /an unknown member: tenant/,
    ],
    [
      'a reason of two lines',
      { jti: 'Zm9vYmFyYmF6cXV4MTIzNA', reason: 'a\nb' },
      /reason has the control character U\+000A/,
    ],
  ]
  it.each(refused)('refuses %s and revokes nothing', async (_, body, detail) => {
    const response = await revoke(body)
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const problem = await readJson(response)
    expect(problem.detail).toMatch(/^nothing was (?:revoked|done): /)
    expect(problem.problems).toMatchObject([{ code: expect.any(String), path: expect.any(Array) }])
    expect(problem.detail).toMatch(detail)
  })

  it('refuses another content type and a body that is too large', async () => {
    expect((await revoke('jti=x', { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await revoke(`"${'x'.repeat(40_000)}"`)).status).toBe(413)
  })

  it('AD-06 requires the scope and serves no other method', async () => {
    const staging = bearer(await adminToken('staging'))
    expect((await revoke({ jti: 'Zm9vYmFyYmF6cXV4MTIzNA' }, staging)).status).toBe(403)
    expect((await revoke({}, { authorization: 'Bearer x' })).status).toBe(401)
    const response = await send('/admin/v1/revocations', { method: 'PUT', headers: staging })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST, GET, HEAD')
  })
})
