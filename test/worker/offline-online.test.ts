import { decodeJwt, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { compileTrust } from '../../src/core/policy/compile/compile.ts'
import type { CompiledTrust } from '../../src/core/policy/compile/compiled.ts'
import { evaluateClaims } from '../../src/core/policy/explain/evaluate-claims.ts'
import {
  audienceOf,
  CASES_AT,
  type CaseIssuer,
  createRandom,
  type DecisionCase,
  makeCase,
  makeDocument,
  WRITTEN_AT,
} from '../support/decision-cases.ts'
import { makeKey, type OwnKey, watchLog } from './support/attack.ts'
import { applyTrust, exchangeForm, GATEWAY, readJson, runWith } from './support/gateway.ts'

const SEED = 20_261_120
const GROUPS = 120
const CASES = 2500
const AT_ONCE = 50

const ISSUERS: Readonly<Record<CaseIssuer, string>> = {
  plain: 'https://ci.example.com',
  gitlab: 'https://gitlab.example.com',
}
const log = watchLog()
const keys = new Map<CaseIssuer, OwnKey>()
let trust: CompiledTrust
let gateway: ReturnType<typeof runWith>

/** The ceilings of the command line, which has no deployment settings. */
const OFFLINE = {
  gatewayIssuer: 'https://sts.example.com',
  maxTokenLifetimeSeconds: 86_400,
  maxRuleExpirySeconds: undefined,
  localIssuers: true,
}

function setClock(seconds: number): void {
  vi.useRealTimers()
  vi.useFakeTimers({ toFake: ['Date'], now: seconds * 1000 })
}

beforeAll(async () => {
  keys.set('plain', await makeKey('ES256'))
  keys.set('gitlab', await makeKey('RS256'))
  const issuer = (name: CaseIssuer, provider: string) => ({
    provider,
    issuer: ISSUERS[name],
    keys: { jwks: { keys: [keys.get(name)?.jwk] } },
  })
  const document = makeDocument(createRandom(SEED), GROUPS, {
    plain: issuer('plain', 'generic-oidc'),
    gitlab: issuer('gitlab', 'gitlab-self-managed'),
  })
  setClock(WRITTEN_AT)
  await applyTrust(document)
  gateway = runWith({})
  setClock(CASES_AT)
  const compiled = compileTrust(document, OFFLINE)
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  trust = compiled.trust
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

async function mint({ issuer, claims }: DecisionCase, index: number) {
  const key = keys.get(issuer)
  if (key === undefined) throw new Error('no key')
  const full = {
    ...claims,
    iss: ISSUERS[issuer],
    aud: GATEWAY,
    iat: CASES_AT,
    exp: CASES_AT + 300,
    jti: `case-${index}`,
  }
  const token = await new SignJWT(full)
    .setProtectedHeader({ alg: key.alg, kid: String(key.jwk.kid), typ: 'JWT' })
    .sign(key.secret)
  return { full, token }
}

async function online({ request }: DecisionCase, token: string): Promise<Outcome> {
  const { resource, scopes, rule, lifetimeSeconds, context } = request
  const form = exchangeForm(token, {
    // A name that is no URI is sent as an audience.
    resource: resource?.includes(':') === true ? resource : undefined,
    audience: resource?.includes(':') === false ? resource : undefined,
    scope: scopes?.join(' '),
    rule,
    expires_in: lifetimeSeconds?.toString(),
  })
  const init = { method: 'POST', body: new URLSearchParams(form), cf: context }
  const response = await gateway.send('/token', init)
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
          const { full, token } = await mint(one, start + offset)
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
      const { full, token } = await mint(one, CASES + index)
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
