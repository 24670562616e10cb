import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CompiledTrust } from '../../src/core/policy/compile/compiled.ts'
import { evaluateClaims } from '../../src/core/policy/explain/evaluate-claims.ts'
import {
  audienceOf,
  CASES_AT,
  createRandom,
  type DecisionCase,
  makeCase,
} from '../support/decision-cases.ts'
import { watchLog } from './support/attack.ts'
import { applyCases, mintCase, requestCase, setClock } from './support/case-world.ts'
import { GATEWAY, readJson, runWith } from './support/gateway.ts'

const SEED = 20_261_120
const GROUPS = 120
const CASES = 2500
const AT_ONCE = 50

const log = watchLog()
let trust: CompiledTrust
let gateway: ReturnType<typeof runWith>

beforeAll(async () => {
  trust = await applyCases(SEED, GROUPS)
  gateway = runWith({})
  setClock(CASES_AT)
})
afterAll(() => {
  vi.useRealTimers()
})

/** The results of both evaluations in one form. */
type Outcome = Readonly<Record<string, unknown>>

function offline({ issuer, request }: DecisionCase, claims: DecisionCase['claims']): Outcome {
  const decision = evaluateClaims(trust, { issuer, claims }, request, CASES_AT)
  if (decision.kind === 'denied') {
    const { reason, template } = decision
    return { reason, ...(template === undefined ? {} : { template }) }
  }
  const { rule, resource, subject, claims: own, scopes, lifetimeSeconds } = decision
  return { rule, aud: audienceOf(resource), subject, claims: own, scopes, lifetimeSeconds }
}

async function online(one: DecisionCase, token: string): Promise<Outcome> {
  const response = await gateway.send('/token', requestCase(one, token))
  const body = await readJson(response)
  if (response.status !== 200) {
    const line = log.lines().find(({ decisionId }) => decisionId === body.decision_id)
    if (line?.outcome !== 'denied') throw new Error(JSON.stringify([body, line]))
    const { reason, template } = line
    return { reason, ...(template === undefined ? {} : { template }) }
  }
  const { client_id, sub, scope, exp, iat, ...rest } = decodeJwt<Record<string, unknown>>(
    String(body.access_token),
  )
  const { iss, aud, jti, origin, rev, ...claims } = rest
  expect([iss, body.expires_in]).toEqual([GATEWAY, Number(exp) - Number(iat)])
  const lifetime = Number(exp) - Number(iat)
  const list = String(scope).split(' ')
  return { rule: client_id, aud, subject: sub, claims, scopes: list, lifetimeSeconds: lifetime }
}

describe('thousands of exchanges', () => {
  it('are decided the same offline and online', async () => {
    const random = createRandom(SEED + 1)
    const cases = Array.from({ length: CASES }, () => makeCase(random, GROUPS))
    const seen = new Map<string, number>()
    for (let start = 0; start < cases.length; start += AT_ONCE) {
      await Promise.all(
        cases.slice(start, start + AT_ONCE).map(async (one, offset) => {
          const { full, token } = await mintCase(one, `case-${start + offset}`)
          const expected = offline(one, full)
          expect(await online(one, token), JSON.stringify(one)).toEqual(expected)
          const kind = String(expected.reason ?? 'granted')
          seen.set(kind, (seen.get(kind) ?? 0) + 1)
        }),
      )
    }
    // Every kind of decision must occur. Otherwise the generator would prove nothing.
    const kinds = ['granted', 'no_rule_matched', 'scope_not_granted', 'template_unrenderable']
    for (const kind of [...kinds, 'rule_denied', 'resource_unknown', 'target_missing']) {
      expect(seen.get(kind), kind).toBeGreaterThan(50)
    }
  }, 180_000)

  it('differ only for used tokens, which are known online', async () => {
    const random = createRandom(SEED + 2)
    const outcomes = new Set<unknown>()
    for (let index = 0; index < 200; index += 1) {
      const one = makeCase(random, GROUPS)
      const { full, token } = await mintCase(one, `case-${CASES + index}`)
      const expected = offline(one, full)
      await online(one, token)
      const second = await online(one, token)
      const isUsed = second.reason === 'token_used'
      if (!isUsed) expect(second).toEqual(expected)
      else expect(expected).toHaveProperty('rule')
      outcomes.add(second.reason ?? 'granted')
    }
    expect([...outcomes]).toEqual(expect.arrayContaining(['token_used', 'granted']))
  }, 60_000)
})
