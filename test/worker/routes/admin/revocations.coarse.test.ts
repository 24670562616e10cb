/** `POST /admin/v1/revocations` for many tokens: what it stops, what it refuses, and its end. */
import { runInDurableObject } from 'cloudflare:test'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CoarseRevocationReport } from '../../../../src/contract/admin.ts'
import { PROBLEMS, type ProblemName } from '../../../../src/contract/problems/problems.ts'
import type { Env } from '../../../../src/worker/env.ts'
import {
  adminSubjectToken,
  adminToken,
  applyTrust,
  bearer,
  deployment,
  exchangeForm,
  GATEWAY,
  readJson,
  runWith,
  send,
} from '../../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../../support/issuer.ts'
import { API, putTrust, trustFor } from '../../support/trust.ts'

const now = () => Math.floor(Date.now() / 1000)
/** The deployments of the tests share KV, so these isolates ask the log of theirs. */
const NO_KV = { get: async () => null, put: async () => undefined } as unknown as Env['REVOCATIONS']
const newIsolate = () => runWith({ REVOCATIONS: NO_KV })

let issuer: TestIssuer

beforeAll(async () => {
  issuer = await quickIssuer()
})
/** Starts a gateway whose log publishes nothing: other gateways would read it. */
async function startGateway(): Promise<void> {
  await applyTrust(trustFor(issuer.url))
  await runInDurableObject(deployment().REVOCATION_LOG.getByName(''), (log) => {
    Reflect.set(log, 'env', { REVOCATIONS: NO_KV })
  })
}
beforeEach(startGateway)

async function ask(body: unknown, path = '/admin/v1/revocations', token?: string) {
  return send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(token ?? (await adminToken())) },
    body: JSON.stringify(body),
  })
}

async function revoke(body: object): Promise<CoarseRevocationReport> {
  const response = await ask({ reason: 'leaked', ...body })
  expect(response.status, await response.clone().text()).toBe(200)
  return (await response.json()) as CoarseRevocationReport
}

async function issue(): Promise<string> {
  const body = await readJson(await newIsolate().exchange(await issuer.mint()))
  return typeof body.access_token === 'string' ? body.access_token : String(body.error_description)
}

async function isActive(token: string): Promise<unknown> {
  const response = await send('/introspect', {
    method: 'POST',
    headers: bearer(token),
    body: new URLSearchParams({ token }),
  })
  return (await readJson(response)).active
}

async function isAllowed(token: string): Promise<boolean> {
  const path = `/verify?resource=${encodeURIComponent(API)}`
  const { status } = await newIsolate().send(path, { headers: bearer(token) })
  return status === 200
}

const claimsOf = (token: string) =>
  JSON.parse(atob((token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')))
const keyOf = (token: string): string => JSON.parse(atob(token.split('.')[0] ?? '')).kid

describe('REV-03 RV-07 a revocation of many tokens', () => {
  it.each([
    ['the rule', () => ({ rule: 'deploy' }), 'deploy'],
    ['the name of the issuer', () => ({ issuer: 'github' }), ''],
    ['the URL of the issuer', () => ({ issuer: issuer.url }), ''],
    ['the subject', (token: string) => ({ subject: claimsOf(token).sub }), ''],
    ['the subject of the job', (token: string) => ({ subject: claimsOf(token).origin.sub }), ''],
    ['everything', () => ({ all: true, confirm: true }), '*'],
  ])('by %s ends them and stops issuing', async (_, body, id) => {
    const token = await issue()
    expect([await isActive(token), await isAllowed(token)]).toEqual([true, true])
    const report = await revoke(body(token))
    expect(report).toMatchObject({ stops_issuing: true, reason: 'leaked' })
    if (id !== '') expect(report.id).toBe(id)
    expect([await isActive(token), await isAllowed(token)]).toEqual([false, false])
    expect(await issue()).toMatch(/^an administrator has stopped/)
  })

  it('by a key leaves the gateway without a key to sign with', async () => {
    const token = await issue()
    const admin = await adminToken()
    const body = { key: keyOf(token), reason: 'leaked', confirm: true }
    expect((await ask(body, undefined, admin)).status).toBe(200)
    expect(await isActive(token)).toBe(false)
    const response = await newIsolate().exchange(await issuer.mint())
    expect([response.status, (await readJson(response)).error]).toEqual([
      503,
      'temporarily_unavailable',
    ])
  })

  it('ends the descendants of the tokens', async () => {
    const token = await issue()
    const narrow = { ...exchangeForm(token, { scope: 'deploy:read' }) }
    const form = { ...narrow, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' }
    const response = await newIsolate().send('/token', {
      method: 'POST',
      body: new URLSearchParams(form),
    })
    const child = String((await readJson(response)).access_token)
    expect(claimsOf(child).anc).toMatchObject([{ kid: keyOf(token) }])
    expect(await isActive(child)).toBe(true)
    await revoke({ rule: 'deploy' })
    expect([await isActive(child), await isAllowed(child)]).toEqual([false, false])
  })

  it('can be lifted: issuing goes on, and earlier tokens stay revoked', async () => {
    const token = await issue()
    const { revoked_at: revokedAt } = await revoke({ rule: 'deploy' })
    // The moment of the end has whole seconds, and comes after the second of the stop.
    await expect.poll(now, { timeout: 30_000 }).toBeGreaterThan(Number(revokedAt))
    const lifted = await ask({ rule: 'deploy', reason: 'fixed' }, '/admin/v1/revocations/lift')
    expect(await readJson(lifted)).toMatchObject({ stops_issuing: false, lift_reason: 'fixed' })
    const later = await issue()
    expect([await isActive(token), await isActive(later)]).toEqual([false, true])
  })

  it('with a moment ends earlier tokens and stops nothing', async () => {
    const token = await issue()
    const report = await revoke({ rule: 'deploy', before: now() - 60 })
    expect(report).toMatchObject({ stops_issuing: false })
    expect(await isActive(token)).toBe(true)
    expect(await issue()).toMatch(/^ey/)
  })

  it('of everything still lets an administrator sign in and lift it', async () => {
    await revoke({ all: true, confirm: true })
    const isolate = newIsolate()
    const form = exchangeForm(await adminSubjectToken(), { resource: GATEWAY })
    const response = await isolate.send('/token', {
      method: 'POST',
      body: new URLSearchParams(form),
    })
    expect(response.status).toBe(200)
  })
})

describe('a subject token', () => {
  it('that is older than the revocation of its issuer is refused', async () => {
    const old = { claims: { iat: now() - 30, nbf: now() - 30 } }
    await revoke({ issuer: 'github', before: now() - 10 })
    const response = await newIsolate().exchange(await issuer.mint(old))
    expect((await readJson(response)).error_description).toMatch(/was revoked: get a new one/)
    expect((await newIsolate().exchange(await issuer.mint())).status).toBe(200)
  })
})

describe('a revocation that is refused', () => {
  const cases: readonly (readonly [string, object, ProblemName, RegExp])[] = [
    ['no reason', { rule: 'deploy' }, 'reasonMissing', /reason is required/],
    ['an unknown rule', { rule: 'x', reason: 'y' }, 'targetUnknown', /rule does not exist/],
    [
      'an unknown issuer',
      { issuer: 'https://x.test', reason: 'y' },
      'targetUnknown',
      /issuer does not exist/,
    ],
    [
      'an unknown key',
      { key: 'x', reason: 'y' },
      'targetUnknown',
      /does not exist in the key ring/,
    ],
    ['everything', { all: true, reason: 'y' }, 'confirmationMissing', /ends every token/],
    [
      'the own rule',
      { rule: 'administer', reason: 'y' },
      'confirmationMissing',
      /your own admin token/,
    ],
    [
      'a moment in the future',
      { rule: 'deploy', reason: 'y', before: 9_000_000_000 },
      'momentInFuture',
      /is in the future/,
    ],
    [
      'two targets',
      { rule: 'deploy', issuer: 'github', reason: 'y' },
      'bodyInvalid',
      /exactly one/,
    ],
    ['all as text', { all: 'yes', reason: 'y' }, 'bodyInvalid', /all must be of type boolean/],
    ['all that is false', { all: false, reason: 'y' }, 'bodyInvalid', /must have exactly one of/],
    ...[1.5, -1, 1e300, '5', null].map((before): (typeof cases)[number] => [
      `the moment ${before}`,
      { rule: 'deploy', reason: 'y', before },
      'bodyInvalid',
      /before must be a whole number of epoch seconds$/,
    ]),
    ['no reason', { rule: 'deploy', reason: 5 }, 'bodyInvalid', /reason must be of type string$/],
    ['a dry run as text', { rule: 'deploy', dry_run: 'yes' }, 'bodyInvalid', /of type boolean$/],
    ['a moment of a token', { token: 'x', before: 5 }, 'bodyInvalid', /for one token/],
    ['no decision id', { decision: 'x' }, 'idInvalid', /is no decision id: .* a shard and a time/],
  ]
  it.each(cases)('is answered with a problem for %s', async (_, body, problem, detail) => {
    const response = await ask(body)
    const { type, status } = PROBLEMS[problem]
    expect(response.status).toBe(status)
    const answer = await readJson(response)
    expect(answer.type).toBe(type)
    expect(answer.detail).toMatch(/^nothing was revoked: /)
    expect(answer.detail).toMatch(detail)
    const list = await send('/admin/v1/revocations', { headers: bearer(await adminToken()) })
    expect(await readJson(list)).toEqual({ revocations: [], tokens: 0 })
  })

  it('a lift that cannot be done, and says that nothing was lifted', async () => {
    const rule = 'deploy'
    for (const [body, { type }] of [
      [{ rule, reason: 'x' }, PROBLEMS.stopUnknown],
      [{ rule }, PROBLEMS.reasonMissing],
      [{ rule: 5 }, PROBLEMS.bodyInvalid],
    ] as const) {
      const answer = await readJson(await ask(body, '/admin/v1/revocations/lift'))
      expect(answer.type).toBe(type)
      expect(answer.detail).toMatch(/^nothing was lifted: /)
    }
  })
})

describe('a rule that was removed', () => {
  it('can still be revoked, because its tokens live', async () => {
    const token = await issue()
    const rules = trustFor(issuer.url).rules.map((rule) => ({ ...rule, name: 'renamed' }))
    const store = deployment().TRUST_STORE.getByName('trust')
    expect((await putTrust(store, trustFor(issuer.url, { rules }), 1)).kind).toBe('stored')
    await revoke({ rule: 'deploy' })
    expect(await isActive(token)).toBe(false)
  })
})

describe('GET /admin/v1/revocations', () => {
  it('lists who revoked what, when, why and until when', async () => {
    await revoke({ rule: 'deploy' })
    const viewer = bearer(await adminToken('viewer'))
    const response = await send('/admin/v1/revocations', { headers: viewer })
    const list = (await response.json()) as { revocations: CoarseRevocationReport[] }
    expect(list.revocations).toEqual([
      {
        grain: 'rule',
        id: 'deploy',
        issued_before: expect.any(Number),
        stops_issuing: true,
        revoked_at: expect.any(Number),
        revoked_by: expect.stringContaining('admin:'),
        reason: 'leaked',
        expires_at: expect.any(Number),
      },
    ])
  })

  it('counts the single tokens', async () => {
    const token = await issue()
    expect((await ask({ token })).status).toBe(200)
    const viewer = bearer(await adminToken('viewer'))
    const list = await readJson(await send('/admin/v1/revocations', { headers: viewer }))
    expect(list.tokens).toBe(1)
  })
})

describe('an export', () => {
  it('makes another gateway refuse the same tokens', async () => {
    const token = await issue()
    await revoke({ rule: 'deploy' })
    const path = '/admin/v1/revocations/export'
    const part = await readJson(await send(path, { headers: bearer(await adminToken()) }))
    await startGateway()
    expect(await isActive(token)).toBe(true)
    const rows = (part.rows as object[]).flatMap((row) => [row, { ...row, grain: 'x' }])
    const answer = await ask({ v: 1, rows }, '/admin/v1/revocations/import')
    expect(await readJson(answer)).toEqual({ stored: 1, unknown: 1 })
    expect(await isActive(token)).toBe(false)
    expect(await issue()).toMatch(/^an administrator has stopped/)
  })

  it('is refused with an unknown member or position', async () => {
    expect((await ask({ v: 1, rows: [{}] }, '/admin/v1/revocations/import')).status).toBe(400)
    const path = '/admin/v1/revocations/export?after=x'
    expect((await send(path, { headers: bearer(await adminToken()) })).status).toBe(400)
  })
})
