/**
 * The tests that every framework entry point must pass, over real HTTP. The app under test has
 * `GET /read` and `POST /write` (scope `deploy:read`), `GET /admin` (scope `admin`), and `GET /fails`,
 * which throws after the verification.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createVerifier, type Verifier } from '../../../src/verify/index.ts'
import { describeBoundCalls } from './door-bound.ts'
import { call, type DoorApp } from './door-call.ts'
import { hangUp, startGateway } from './gateway.ts'
import { AUDIENCE, createSigner, mint, NOW } from './tokens.ts'

export const bearer = (token: string): readonly string[] => ['Authorization', `Bearer ${token}`]

/** `base`: the path that a proxy adds to the path of each request. */
export function describeDoor(
  name: string,
  start: (verifier: Verifier) => Promise<DoorApp>,
  base = '',
): void {
  describe(name, async () => {
    const gateway = await startGateway()
    const signer = await createSigner()
    gateway.publishKeys([signer.publicJwk])
    const token = await mint(signer, gateway.issuer)
    const newApp = () =>
      start(createVerifier({ issuer: gateway.issuer, audience: AUDIENCE, now: () => NOW }))
    let app: DoorApp
    beforeAll(async () => {
      app = await newApp()
    })
    afterAll(() => app.close())

    test('accepts a valid token and gives the app the caller’s identity', async () => {
      const answer = await call(app.url, '/read', bearer(token))
      expect(answer.status).toBe(200)
      expect(JSON.parse(answer.body)).toEqual({
        subject: 'github:8123456:production',
        scopes: ['deploy:read', 'deploy:write'],
      })
    })

    test('PR-07 leaves the body to the app', async () => {
      const headers = [...bearer(token), 'Content-Type', 'application/json']
      const answer = await call(app.url, '/write', headers, '{"version":7}')
      expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { version: 7 }])
    })

    const refused: readonly (readonly [string, string, readonly string[], number, string])[] = [
      ['PR-09 no token', '/read', [], 401, 'Bearer'],
      ['PR-09 a token only in the query', `/read?access_token=${token}`, [], 401, 'Bearer'],
      ['PR-09 another scheme', '/read', ['Authorization', 'Basic dXNlcjpwYXNz'], 401, 'Bearer'],
      ['PR-06 an invalid token', '/read', bearer('a.b.c'), 401, 'error="invalid_token"'],
      ['PR-10 a missing scope', '/admin', bearer(token), 403, 'scope="admin"'],
      [
        'PR-08 header and query',
        `/read?a=1&access_token=${token}`,
        bearer(token),
        400,
        'error="invalid_request"',
      ],
      [
        'PR-08 two equal headers',
        '/read',
        [...bearer(token), ...bearer(token)],
        400,
        'error="invalid_request"',
      ],
      [
        'PR-08 a second header of another scheme',
        '/read',
        [...bearer(token), 'authorization', 'Basic dXNlcjpwYXNz'],
        400,
        'error="invalid_request"',
      ],
    ]
    test.each(refused)('refuses %s', async (_, path, headers, status, challenge) => {
      const answer = await call(app.url, path, headers)
      expect(answer.status).toBe(status)
      expect(answer.challenge).toContain(challenge)
      expect(answer.headers['cache-control']).toBe('no-store')
      expect(answer.headers['content-type']).toMatch(/^application\/json/)
      expect(answer.body).not.toContain(token)
      expect(JSON.parse(answer.body)).toHaveProperty('error')
    })

    test('returns 503 with Retry-After when the keys are unavailable, and does not call the app', async () => {
      gateway.answerAll(hangUp)
      const cold = await newApp()
      const answer = await call(cold.url, '/read', bearer(token))
      await cold.close()
      expect(answer.status).toBe(503)
      expect(answer.headers['retry-after']).toMatch(/^\d+$/)
      expect(answer.challenge).toBeUndefined()
      expect(JSON.parse(answer.body)).toMatchObject({ error: 'temporarily_unavailable' })
    })

    describeBoundCalls(gateway, signer, start, base)

    test('passes errors of the app to the app', async () => {
      expect((await call(app.url, '/fails', bearer(token))).status).toBe(500)
      expect((await call(app.url, '/fails')).status).toBe(401)
    })
  })
}
