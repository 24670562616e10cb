import { beforeAll, describe, expect, it } from 'vitest'
import {
  adminToken,
  applyTrust,
  bearer,
  exchange,
  GATEWAY,
  readJson,
  send,
} from '../../support/gateway.ts'
import { newIssuer } from '../../support/issuer.ts'
import { trustFor } from '../../support/trust.ts'

const issuer = newIssuer()
let owner: Readonly<Record<string, string>>

beforeAll(async () => {
  await applyTrust(trustFor(issuer.url))
  owner = bearer(await adminToken())
})

function explain(body: unknown): Promise<Response> {
  return send('/admin/v1/explain', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...owner },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** The claims of a token, which nobody verifies here. */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')
  return JSON.parse(atob(payload))
}

describe('POST /admin/v1/explain', () => {
  it.each([{}, { repository_id: '1' }, { repository_owner_id: '1' }])(
    'decides like the exchange of a token with the claims %j',
    async (changed) => {
      const token = await issuer.mint({ claims: changed })
      const answer = await readJson(await explain({ issuer: 'github', claims: claimsOf(token) }))
      const { status } = await exchange(token, { resource: undefined })
      expect(answer).toMatchObject({
        outcome: status === 200 ? 'granted' : 'denied',
        verified: false,
        source: 'document',
        revision: 1,
      })
      expect(answer.rules).toEqual([{ rule: 'deploy', sentence: expect.any(String) }])
    },
  )

  it('decides like the exchange of a token with another iss', async () => {
    const unknown = newIssuer()
    const token = await unknown.mint()
    const answer = await readJson(await explain({ issuer: 'github', claims: claimsOf(token) }))
    expect((await exchange(token, { resource: undefined })).status).toBe(400)
    expect(answer).toMatchObject({
      outcome: 'denied',
      summary: 'denied: the document has no issuer github, or iss is not its URL',
      evaluation: { reason: 'issuer_not_trusted' },
    })
  })

  it('says which condition failed, and what the claims have', async () => {
    const answer = await readJson(
      await explain({ issuer: 'github', claims: { repository_id: '1' } }),
    )
    expect(answer).toMatchObject({
      outcome: 'denied',
      evaluation: { kind: 'denied', trace: [{ rule: 'deploy', outcome: 'condition_failed' }] },
    })
    expect(JSON.stringify(answer.rules)).toMatch(/does not match: \S+ must be/)
  })

  it('evaluates at the given time', async () => {
    const claims = claimsOf(await issuer.mint())
    const at = 4_200_000_000
    const answer = await readJson(await explain({ issuer: 'github', claims, at }))
    expect(answer).toMatchObject({ at, outcome: 'denied', rules: [{ sentence: 'has expired' }] })
  })

  it('explains access to the admin API by the deploy-time policy', async () => {
    const claims = {
      repository_owner_id: '1234567',
      repository_id: '456789012',
      environment: 'viewer',
      sub: 'x',
    }
    const answer = await readJson(await explain({ issuer: 'admin', claims, resource: GATEWAY }))
    expect(answer).toMatchObject({
      outcome: 'granted',
      source: 'policy',
      evaluation: { rule: 'viewer', scopes: ['trust:read', 'decisions:read', 'metrics:read'] },
    })
    expect(answer).not.toHaveProperty('revision')
  })

  const bad: readonly (readonly [string, unknown, unknown])[] = [
    ['no JSON', '{', { code: 'body_malformed', path: [] }],
    ['a list', [], { code: 'type_wrong', path: [] }],
    ['no issuer', { claims: {} }, { code: 'type_wrong', path: ['issuer'] }],
    ['claims of another type', { issuer: 'a', claims: 1 }, { path: ['claims'] }],
    ['an unknown member', { issuer: 'a', claims: {}, scope: 'x' }, { path: ['scope'] }],
    ['a fraction', { issuer: 'a', claims: {}, at: 1.5 }, { path: ['at'] }],
    [
      'a time that JSON reads as infinite',
      '{"issuer":"a","claims":{},"at":1e999}',
      { path: ['at'], message: 'is too large for a number' },
    ],
    [
      'a time that is not exact',
      { issuer: 'a', claims: {}, at: 2 ** 60 },
      { path: ['at'], message: 'must be at most 9007199254740991' },
    ],
    [
      'a lifetime below the shortest',
      { issuer: 'a', claims: {}, lifetime_seconds: 9 },
      { path: ['lifetime_seconds'] },
    ],
    [
      'an unknown fact of the connection',
      { issuer: 'a', claims: {}, connection: { port: 1 } },
      { path: ['connection', 'port'] },
    ],
    [
      '__proto__',
      '{"issuer":"a","claims":{"__proto__":{}}}',
      {
        code: 'name_invalid',
        path: ['claims', '__proto__'],
        message: 'has the invalid name "__proto__"',
      },
    ],
    [
      'a deep value',
      `{"issuer":"a","claims":${'{"a":'.repeat(40)}1${'}'.repeat(41)}`,
      { path: [] },
    ],
  ]
  it.each(bad)('refuses %s with its place', async (_, body, problem) => {
    const response = await explain(body)
    expect(response.status).toBe(400)
    expect(await readJson(response)).toMatchObject({
      type: 'urn:edgemint:problem:body-invalid',
      problems: [problem],
    })
  })
})
