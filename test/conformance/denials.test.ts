/**
 * Sends every denial vector over HTTP and checks status, code, headers and log record (RFC 8693
 * §2.2.2).
 */

import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { DecisionAnswer } from '../../src/contract/decisions/answers.ts'
import { CLAIMS_DENIAL_REASONS } from '../../src/core/policy/explain/evaluate-claims.ts'
import { adminPolicy } from '../support/admin-policy.ts'
import { makeDescendants, mintActor } from '../support/descendants.ts'
import { REVOKED } from '../support/revoked-vectors.ts'
import {
  exchangeForm,
  makeRequest,
  narrowForm,
  prove,
  SPENT_JOB,
  type Tokens,
  VECTORS,
  vectorTrust,
} from '../support/vectors.ts'
import { adminToken, startWorld, type World } from './support/world.ts'

let world: World
let tokens: Tokens
/** The reason of each decision, by its id. */
const decided = new Map<string, string>()

const post = (path: string, form: Readonly<Record<string, string>>) =>
  fetch(`${world.url()}${path}`, { method: 'POST', body: new URLSearchParams(form) })

async function exchange(form: Readonly<Record<string, string>>): Promise<string> {
  return ((await (await post('/token', form)).json()) as { access_token: string }).access_token
}

const issue = async (resource: string) => exchange(exchangeForm(await world.mint(), resource))

/** Returns a token whose revocation has reached the exchange. */
async function makeRevoked(): Promise<string> {
  const token = await issue('https://api.example.com')
  expect((await post('/revoke', { token })).status).toBe(200)
  await vi.waitFor(async () => expect((await post('/token', narrowForm(token))).status).toBe(400), {
    timeout: 60_000,
    interval: 500,
  })
  return token
}

/** Returns the reason in the gateway's log, by the decision id that the caller received. */
async function readReason(decisionId: unknown): Promise<unknown> {
  const line = await vi.waitFor(
    () => {
      const found = world
        .said()
        .split('\n')
        .filter((candidate) => candidate.startsWith('{"event":"decision"'))
        .find((candidate) => candidate.includes(String(decisionId)) && candidate.endsWith('}'))
      return found ?? expect.fail(`no decision ${String(decisionId)} in the log`)
    },
    { timeout: 30_000 },
  )
  return (JSON.parse(line) as { reason: unknown }).reason
}

async function readDecision(id: string): Promise<DecisionAnswer> {
  const headers = { authorization: `Bearer ${tokens.admin}` }
  const read = () => fetch(`${world.url()}/admin/v1/decisions/${id}`, { headers })
  await vi.waitFor(async () => expect((await read()).status).toBe(200), { timeout: 60_000 })
  return (await (await read()).json()) as DecisionAnswer
}

beforeAll(async () => {
  world = await startWorld((issuer) => ({ BOOTSTRAP_TRUST: adminPolicy(issuer) }))
  writeFileSync(world.trustFile, JSON.stringify(vectorTrust(`${world.issuer.issuer}/github`)))
  await world.restart('SIGTERM', ['--trust', world.trustFile])
  const used = await world.mint()
  await world.exchange(used)
  await world.exchange(await world.mint({ claims: SPENT_JOB }))
  const revoked = await makeRevoked()
  const issued = await issue('https://api.example.com')
  const usedProof = await prove(Math.floor(Date.now() / 1000), world.url())
  await fetch(`${world.url()}/token`, {
    method: 'POST',
    body: new URLSearchParams(exchangeForm(await world.mint())),
    headers: { dpop: usedProof },
  })
  const admin = await adminToken(world)
  for (const body of REVOKED(Math.floor(Date.now() / 1000))) {
    const response = await fetch(`${world.url()}/admin/v1/revocations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(200)
  }
  const stopped = await world.mint({ claims: { ref: 'refs/heads/stopped' } })
  await vi.waitFor(async () => expect((await world.exchange(stopped)).status).toBe(400), {
    timeout: 60_000,
    interval: 500,
  })
  tokens = {
    used,
    usedProof,
    issued,
    revoked,
    ...(await makeDescendants(issued, exchange, (sub) => mintActor(world.issuer, sub))),
    other: await issue('https://other.example.com'),
    admin,
    gateway: world.url(),
  }
})
afterAll(() => world.close())

describe('TOK-18 every denial over HTTP, on the runtime of production', () => {
  it.each(VECTORS.map((vector) => [`${vector.reason}: ${vector.name}`, vector] as const))(
    '%s',
    async (_, vector) => {
      const now = Math.floor(Date.now() / 1000)
      const { path, body, headers } = await makeRequest(vector, world.issuer, now, tokens)
      const response = await fetch(`${world.url()}${path}`, { method: 'POST', body, headers })
      expect(response.status).toBe(vector.status)
      expect(response.headers.get('content-type')).toBe('application/json')
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.has('www-authenticate')).toBe(vector.status === 401)
      const answer = (await response.json()) as Record<string, unknown>
      expect(answer.error).toBe(vector.error)
      if (path !== '/token') return
      expect(await readReason(answer.decision_id)).toBe(vector.reason)
      decided.set(String(answer.decision_id), vector.reason)
    },
  )
})

describe('LOG-10 the decision log has every denial', () => {
  it('finds it by its id, and explains it as it was decided', async () => {
    expect(decided.size).toBeGreaterThan(50)
    let explained = 0
    for (const [id, reason] of decided) {
      const { decision, explanation } = await readDecision(id)
      expect(decision, id).toMatchObject({ id, outcome: 'denied', reason })
      // A reason that no rule gives has nothing to evaluate.
      if (!CLAIMS_DENIAL_REASONS.some((one) => one === reason)) continue
      // Without a trusted issuer there are no claims, and the note has the reason.
      const { summary, note, agrees } = explanation
      expect(summary ?? note, id).toContain(reason)
      expect(agrees, id).not.toBe(false)
      explained += 1
    }
    expect(explained).toBeGreaterThan(5)
  })
})
