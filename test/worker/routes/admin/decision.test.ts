import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { DecisionRecord } from '../../../../src/contract/decisions/record.ts'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import type { CompiledTrust } from '../../../../src/core/policy/compile/compiled.ts'
import {
  type ClaimsDecision,
  evaluateClaims,
} from '../../../../src/core/policy/explain/evaluate-claims.ts'
import { explain } from '../../../../src/core/policy/explain/explain.ts'
import {
  CASES_AT,
  type CaseIssuer,
  createRandom,
  type DecisionCase,
  makeCase,
  makeDocument,
  WRITTEN_AT,
} from '../../../support/decision-cases.ts'
import { makeKey, type OwnKey, watchLog } from '../../support/attack.ts'
import {
  appendTo,
  createReader,
  createRecorder,
  type Reader,
  readAnswer,
  recordOf,
} from '../../support/decisions.ts'
import {
  adminSubjectToken,
  adminToken,
  applyTrust,
  exchangeForm,
  GATEWAY,
  readJson,
} from '../../support/gateway.ts'

const SEED = 20_261_128
const GROUPS = 60
const CASES = 250
const AT_ONCE = 64

const ISSUERS: Readonly<Record<CaseIssuer, string>> = {
  plain: 'https://ci.example.com',
  gitlab: 'https://gitlab.example.com',
}
const keys = new Map<CaseIssuer, OwnKey>()
let trust: CompiledTrust
let read: Reader
watchLog()

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
  const compiled = compileTrust(document, {
    gatewayIssuer: 'https://sts.example.com',
    maxTokenLifetimeSeconds: 86_400,
    maxRuleExpirySeconds: undefined,
    localIssuers: true,
  })
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  trust = compiled.trust
  vi.useRealTimers()
  read = createReader(await adminToken())
})
afterAll(() => {
  vi.useRealTimers()
})

async function mint({ issuer, claims }: DecisionCase, id: string) {
  const key = keys.get(issuer)
  if (key === undefined) throw new Error('no key')
  const full = {
    ...claims,
    iss: ISSUERS[issuer],
    aud: GATEWAY,
    iat: CASES_AT,
    exp: CASES_AT + 300,
    jti: id,
  }
  const token = await new SignJWT(full)
    .setProtectedHeader({ alg: key.alg, kid: String(key.jwk.kid), typ: 'JWT' })
    .sign(key.secret)
  return { full, token }
}

type Recorder = ReturnType<typeof createRecorder>

/** Exchanges the token of a case and returns the id of the decision. */
async function decide(send: Recorder, { request }: DecisionCase, token: string): Promise<string> {
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
  return String((await readJson(await send('/token', init))).decision_id)
}

type Decided = { readonly id: string; readonly offline: ClaimsDecision }

/** Decides generated cases online and offline. */
async function decideCases(claims: string, seed: number, count: number): Promise<Decided[]> {
  const random = createRandom(seed)
  const cases = Array.from({ length: count }, () => makeCase(random, GROUPS))
  const send = createRecorder({ DECISION_CLAIMS: claims })
  const decided: Decided[] = []
  setClock(CASES_AT)
  try {
    for (let start = 0; start < count; start += AT_ONCE) {
      const some = cases.slice(start, start + AT_ONCE).map(async (one, offset) => {
        const { full, token } = await mint(one, `${claims}-${start + offset}`)
        const id = await decide(send, one, token)
        const { issuer, request } = one
        const identity = { issuer, claims: full }
        // Templates can have the id of the decision.
        const asked = { ...request, decisionId: id }
        const offline = { ...evaluateClaims(trust, identity, asked, CASES_AT), request }
        return { id, offline }
      })
      decided.push(...(await Promise.all(some)))
    }
  } finally {
    vi.useRealTimers()
  }
  return decided
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('LOG-10 GET /admin/v1/decisions/{id}', () => {
  it('explains as `edgemint explain` does with all claims, for every kind of decision', async () => {
    const kinds = new Map<string, number>()
    const decided = await decideCases('all', SEED + 1, CASES)
    expect(new Set(decided.map(({ id }) => id)).size).toBe(CASES)
    for (const { id, offline } of decided) {
      const { decision, explanation } = await readAnswer(await read.find(id))
      const { summary, rules, nearestMiss } = explain(offline)
      expect(explanation, id).toEqual({
        status: 'complete',
        source: 'document',
        revision: 1,
        agrees: true,
        summary,
        rules,
        ...(nearestMiss === undefined ? {} : { nearest_miss: nearestMiss }),
        evaluation: asJson(offline),
      })
      const kind = decision.reason ?? decision.outcome
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    }
    // Every kind of decision must occur. Otherwise the generator would prove nothing.
    const all = ['granted', 'no_rule_matched', 'scope_not_granted', 'template_unrenderable']
    for (const kind of [...all, 'rule_denied', 'resource_unknown', 'target_missing']) {
      expect(kinds.get(kind), kind).toBeGreaterThan(5)
    }
  }, 180_000)

  it('LOG-10 judges a rule without the unrecorded claims only if they cannot change the result', async () => {
    const said = { judged: 0, open: 0 }
    for (const { id, offline } of await decideCases('recorded', SEED + 2, 100)) {
      const { explanation } = await readAnswer(await read.find(id))
      expect(explanation).toMatchObject({ status: 'partial', source: 'document', revision: 1 })
      expect(explanation.note).toContain('DECISION_CLAIMS')
      expect(explanation).not.toHaveProperty('evaluation')
      for (const { rule, sentence } of explanation.rules ?? []) {
        if (sentence.startsWith('cannot be evaluated: not recorded: ')) {
          said.open += 1
          continue
        }
        said.judged += 1
        const trace = offline.trace.find((one) => one.rule === rule)
        const holdsAll = trace?.conditions.every(({ holds }) => holds)
        if (sentence.startsWith('does not match: ')) expect(holdsAll, rule).toBe(false)
        else if (/^(?:has expired|is for a resource)/.test(sentence))
          expect(trace?.outcome).toMatch(/expired|other/)
        else expect(holdsAll, rule).toBe(true)
      }
    }
    expect(said.judged).toBeGreaterThan(100)
    expect(said.open).toBeGreaterThan(100)
  }, 60_000)

  it('judges no rule if no claim is recorded', async () => {
    const [{ id = '' } = {}] = await decideCases('none', SEED + 3, 1)
    const { decision, explanation } = await readAnswer(await read.find(id))
    expect(decision).not.toHaveProperty('claims')
    expect(explanation.status).toBe('partial')
    expect(explanation.rules?.some(({ sentence }) => sentence.startsWith('does not'))).toBe(false)
  })

  it('names the end of an exchange that read no rule', async () => {
    const send = createRecorder()
    const body = new URLSearchParams(exchangeForm('a.b.c'))
    const { decision_id: id } = await readJson(await send('/token', { method: 'POST', body }))
    const { decision, explanation } = await readAnswer(await read.find(String(id)))
    expect(decision).toMatchObject({ outcome: 'denied', reason: 'token_malformed' })
    expect(explanation).toEqual({
      status: 'none',
      note: 'the exchange ended before a rule was read: token_malformed',
    })
  })

  it('explains an admin token by the deploy-time policy', async () => {
    // This deployment records every claim, and no answer may contain the canary.
    const subjectToken = await adminSubjectToken('staging', { canary: null })
    const body = new URLSearchParams(exchangeForm(subjectToken, { resource: GATEWAY }))
    const send = createRecorder({ DECISION_CLAIMS: 'all' })
    const { decision_id: id } = await readJson(await send('/token', { method: 'POST', body }))
    const { explanation } = await readAnswer(await read.find(String(id)))
    expect(explanation).toMatchObject({ status: 'complete', source: 'policy', agrees: true })
    expect(explanation).not.toHaveProperty('revision')
    expect(explanation.rules).toMatchObject([
      { rule: 'administer', sentence: expect.stringMatching(/^does not match: environment/) },
      { rule: 'look', sentence: 'matches and decides' },
    ])
  })

  const verified = { issuer: 'plain', subject: 'job:1', claims: { sub: 'job:1' } }
  it('says when the document of the revision is no longer stored', async () => {
    const record = recordOf(0, 1000, { ...verified, all_claims: true, revision: 77 })
    await appendTo(0, [record])
    const { explanation } = await readAnswer(await read.find(record.id))
    expect(explanation).toEqual({
      status: 'none',
      source: 'document',
      revision: 77,
      note: expect.stringContaining('revision 77 is no longer stored'),
    })
  })

  it.each<[string, Partial<DecisionRecord>, object]>([
    ['another result', { outcome: 'granted', rule: 'gone' }, { agrees: false }],
    ['a used token', { outcome: 'denied', reason: 'token_used' }, { note: /\(token_used\)/ }],
    ['an outage', { outcome: 'unavailable', part: 'replay_ledger' }, { note: /replay_ledger was/ }],
  ])('tells whether the rules give the recorded result: %s', async (_, change, expected) => {
    const record = recordOf(0, 2000, { ...verified, all_claims: true, revision: 1, ...change })
    await appendTo(0, [record])
    const { explanation } = await readAnswer(await read.find(record.id))
    const [[name, value] = ['', '']] = Object.entries(expected)
    const told = explanation[name as 'agrees']
    if (value instanceof RegExp) expect(String(told)).toMatch(value)
    else expect(told).toBe(value)
    expect(explanation.status).toBe('complete')
  })

  it.each([
    ['an id that nobody issued', recordOf(0, 5000).id, 404, 'decision-not-found'],
    ['a shard that the deployment does not have', recordOf(63, 5000).id, 404, 'decision-not-found'],
    ['a jti', 'v0l9pFVtGODGQGu7Zo-3OA', 400, 'decision-id-invalid'],
    ['a short id', 'dec_v0l9pFVtGODGQGu7Zo-3O', 400, 'decision-id-invalid'],
    ['a shard above all', `dec_${'_'.repeat(22)}`, 400, 'decision-id-invalid'],
  ])('AD-02 refuses %s', async (_, id, status, type) => {
    const response = await read.find(id)
    expect(response.status).toBe(status)
    const body = await readJson(response)
    expect(body).toMatchObject({ type: `urn:edgemint:problem:${type}`, status })
    expect(body.detail).toMatch(/\.|:/)
  })
})
