import { createExecutionContext, runDurableObjectAlarm } from 'cloudflare:test'
import { base64url } from 'jose'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { CLOCK_LEEWAY_SECONDS, REPLAY_SHARDS } from '../../../src/core/limits.ts'
import type { Env } from '../../../src/worker/env.ts'
import worker from '../../../src/worker/index.ts'
import { applyTrust, deployment, exchange, exchangeForm, readJson } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'

const OTHER = 'https://other.test'
const USED = 'the subject token has been used already'

const ci = newIssuer()
const generic = newIssuer()

/** The rule of a replay mode, and the same rule for the other API. */
function rulesFor(from: string, sub: string, replay: string) {
  return [API, OTHER].map((resource, index) => ({
    name: `${replay.replaceAll('_', '-')}-${index}`,
    owner: 'platform@example.com',
    expires: '2099-12-31',
    from,
    when: { sub },
    grant: { resource, scopes: ['deploy:read'], replay },
  }))
}

beforeAll(() => {
  const base = trustFor(ci.url)
  return applyTrust({
    ...base,
    issuers: { ...base.issuers, generic: { provider: 'generic-oidc', issuer: generic.url } },
    resources: { ...base.resources, [OTHER]: { scopes: ['deploy:read'] } },
    rules: [
      ...base.rules,
      ...['once', 'once_per_resource', 'reuse'].flatMap((mode) => rulesFor('generic', mode, mode)),
    ],
  })
})

/** A token for the rule of this name, signed with ECDSA. */
const mintFor = (sub: string, claims: Readonly<Record<string, unknown>> = {}) =>
  generic.mint({ provider: 'generic-oidc', algorithm: 'ES256', claims: { sub, ...claims } })

/** The status of an exchange, or the description of a refusal. */
async function outcome(token: string, resource = API): Promise<unknown> {
  const response = await exchange(token, { resource })
  return response.status === 200 ? 200 : (await readJson(response)).error_description
}

describe('a single-use subject token at the token endpoint', () => {
  it('REP-01 presented a hundred times at once is exchanged once', async () => {
    const token = await ci.mint()
    const responses = await Promise.all(Array.from({ length: 100 }, () => exchange(token)))
    const statuses = responses.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 400)).toHaveLength(99)
    const refused = responses.find(({ status }) => status === 400)
    expect(refused && (await readJson(refused))).toMatchObject({
      error: 'invalid_request',
      error_description: USED,
    })
  })

  it('REP-03 without a jti, presented a hundred times at once, is exchanged once', async () => {
    const token = await mintFor('once', { jti: null })
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcome(token)))
    expect(outcomes.filter((one) => one === 200)).toHaveLength(1)
    expect(outcomes.filter((one) => one === USED)).toHaveLength(99)
  })

  it.each([
    ['once', [200, USED, USED, USED]],
    ['once_per_resource', [200, USED, 200, USED]],
    ['reuse', [200, 200, 200, 200]],
  ])('REP-01 TE-41 with replay: %s gets the expected answers at each use', async (mode, all) => {
    for (const claims of [{ jti: crypto.randomUUID() }, { jti: null, nonce: mode }]) {
      const token = await mintFor(mode, claims)
      const seen = []
      for (const resource of [API, API, OTHER, OTHER]) seen.push(await outcome(token, resource))
      expect(seen).toEqual(all)
    }
  })

  it('REP-02 is remembered for as long as it is accepted, including the leeway', async () => {
    const at = Math.floor(Date.now() / 1000)
    const claims = { jti: crypto.randomUUID(), iat: at, nbf: at, exp: at + 60 }
    const token = await mintFor('once', claims)
    onTestFinished(() => {
      vi.useRealTimers()
    })
    expect(await outcome(token)).toBe(200)
    for (const after of [59, 60, 60 + CLOCK_LEEWAY_SECONDS - 1]) {
      vi.useFakeTimers({ toFake: ['Date'], now: (at + after) * 1000 })
      // Every shard deletes the marks that have ended.
      for (let shard = 0; shard < REPLAY_SHARDS; shard += 1) {
        await runDurableObjectAlarm(deployment().REPLAY_LEDGER.getByName(`replay-${shard}`))
      }
      expect(await outcome(token), `${after} seconds later`).toBe(USED)
    }
    vi.useFakeTimers({ toFake: ['Date'], now: (at + 60 + CLOCK_LEEWAY_SECONDS) * 1000 })
    expect(await outcome(token)).toBe('the subject token has expired')
  })

  it('REP-04 AV-33 is not used up by the same jti of another issuer', async () => {
    const jti = crypto.randomUUID()
    expect(await outcome(await mintFor('once', { jti }))).toBe(200)
    expect(await outcome(await ci.mint({ claims: { jti } }))).toBe(200)
    expect(await outcome(await mintFor('once', { jti, nonce: 'another token' }))).toBe(USED)
  })
})

/** The order of P-256: with (r, s), (r, n − s) is a valid signature of the same bytes too. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

function twinOf(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const bytes = base64url.decode(signature)
  const hex = Array.from(bytes.slice(32), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const other = (ORDER - BigInt(`0x${hex}`)).toString(16).padStart(64, '0')
  const s = Uint8Array.from(other.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  return [header, payload, base64url.encode(Uint8Array.from([...bytes.slice(0, 32), ...s]))].join(
    '.',
  )
}

describe('a token with the second valid ECDSA signature', () => {
  const kinds: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['with a jti', {}],
    ['without a jti', { jti: null }],
  ]

  it.each(kinds)('TOK-11 REP-03 is used up by the first form, %s', async (kind, claims) => {
    const token = await mintFor('once', { ...claims, nonce: `${kind} 1` })
    expect(twinOf(token)).not.toBe(token)
    expect(await outcome(token)).toBe(200)
    expect(await outcome(twinOf(token))).toBe(USED)
  })

  it.each(kinds)('TOK-11 REP-03 uses up the first form, %s', async (kind, claims) => {
    const token = await mintFor('once', { ...claims, nonce: `${kind} 2` })
    // It is valid by itself, so it is refused elsewhere only because it was used.
    expect(await outcome(twinOf(token))).toBe(200)
    expect(await outcome(token)).toBe(USED)
  })
})

describe('an unreachable replay ledger', () => {
  const unreachable = { getByName: () => ({ claim: () => Promise.reject(new Error('down')) }) }

  async function exchangeWithout(token: string): Promise<Response> {
    // A binding whose only method that the gateway calls fails.
    const broken = { ...deployment(), REPLAY_LEDGER: unreachable } as unknown as Env
    const body = new URLSearchParams(exchangeForm(token))
    const request = new Request('https://sts.test/token', { method: 'POST', body })
    return worker.fetch(request, broken, createExecutionContext())
  }

  it('REP-05 gives no token for a single-use token, which can be used later', async () => {
    const token = await mintFor('once')
    const response = await exchangeWithout(token)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    const body = await readJson(response)
    expect(body).toMatchObject({ error: 'temporarily_unavailable' })
    expect(body).not.toHaveProperty('access_token')
    expect(await outcome(token)).toBe(200)
  })

  it('REP-05 does not stop callers whose rule allows reuse', async () => {
    expect((await exchangeWithout(await mintFor('reuse'))).status).toBe(200)
  })
})
