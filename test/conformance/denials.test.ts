/**
 * Sends every denial vector over HTTP and checks status, code, headers and log record (RFC 8693
 * §2.2.2).
 */
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminPolicy } from '../support/admin-policy.ts'
import { exchangeForm, makeRequest, type Tokens, VECTORS, vectorTrust } from '../support/vectors.ts'
import { adminToken, startWorld, type World } from './support/world.ts'

let world: World
let tokens: Tokens

async function issue(resource: string): Promise<string> {
  const body = new URLSearchParams(exchangeForm(await world.mint(), resource))
  const response = await fetch(`${world.url()}/token`, { method: 'POST', body })
  return ((await response.json()) as { access_token: string }).access_token
}

/** Returns the reason in the gateway's log, by the decision id that the caller received. */
async function readReason(decisionId: unknown): Promise<unknown> {
  for (let wait = 0; wait < 200; wait += 1) {
    const line = world
      .said()
      .split('\n')
      .find((candidate) => candidate.includes(String(decisionId)) && candidate.endsWith('}'))
    if (line !== undefined) return (JSON.parse(line) as { reason: unknown }).reason
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return undefined
}

beforeAll(async () => {
  world = await startWorld((issuer) => ({ BOOTSTRAP_TRUST: adminPolicy(issuer) }))
  writeFileSync(world.trustFile, JSON.stringify(vectorTrust(`${world.issuer.issuer}/github`)))
  await world.restart('SIGTERM', ['--trust', world.trustFile])
  const used = await world.mint()
  await world.exchange(used)
  tokens = {
    used,
    issued: await issue('https://api.example.com'),
    other: await issue('https://other.example.com'),
    admin: await adminToken(world),
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
    },
  )
})
