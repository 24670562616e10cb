import { beforeAll, describe, expect, it } from 'vitest'
import type { DecisionRecord } from '../../../../src/contract/decisions/record.ts'
import type { CompiledTrust } from '../../../../src/core/policy/compile/compiled.ts'
import type { DecisionRequest } from '../../../../src/core/policy/decide/decision-request.ts'
import type { ClaimsDecision } from '../../../../src/core/policy/explain/evaluate-claims.ts'
import { explain } from '../../../../src/core/policy/explain/explain.ts'
import { watchLog } from '../../support/attack.ts'
import { applyCases, decideCases } from '../../support/case-world.ts'
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
  exchangeForm,
  GATEWAY,
  readJson,
} from '../../support/gateway.ts'

const GROUPS = 20
const SEED = 20_261_128
const CASES = 110

let trust: CompiledTrust
let read: Reader
watchLog()

beforeAll(async () => {
  trust = await applyCases(SEED, GROUPS)
  read = createReader(await adminToken())
})

const RULE_UNKNOWN =
  'the decision was not evaluated again, because the request named a rule that was not recorded'

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('LOG-10 GET /admin/v1/decisions/{id}', () => {
  it('explains as `edgemint explain` does with all claims, for every kind of decision', async () => {
    const kinds = new Map<string, number>()
    const decided = await decideCases(trust, 'all', SEED + 1, GROUPS, CASES)
    expect(new Set(decided.map(({ id }) => id)).size).toBe(CASES)
    for (const { id, offline } of decided) {
      const { decision, explanation } = await readAnswer(await read.find(id))
      if (decision.asked?.unknown?.includes('rule') === true) {
        expect(explanation).toMatchObject({ status: 'partial', note: RULE_UNKNOWN })
        kinds.set('rule unknown', (kinds.get('rule unknown') ?? 0) + 1)
        continue
      }
      const { evaluation } = explanation as { evaluation: { request: DecisionRequest } }
      // The record has the URI of a resource, and no name that the document does not have.
      const { unknown } = decision.asked ?? {}
      const known = unknown === undefined ? { ...offline, request: evaluation.request } : undefined
      const same = (known ?? evaluation) as ClaimsDecision
      const { summary, rules, nearestMiss } = explain(same)
      expect(explanation, id).toEqual({
        status: 'complete',
        source: 'document',
        revision: 1,
        agrees: true,
        summary,
        rules,
        ...(nearestMiss === undefined ? {} : { nearest_miss: nearestMiss }),
        evaluation: asJson(same),
      })
      const reasonOf = (one: object) => ('reason' in one ? one.reason : 'granted')
      expect(reasonOf(same), id).toBe(reasonOf(offline))
      if (unknown !== undefined) kinds.set('unknown', (kinds.get('unknown') ?? 0) + 1)
      const kind = decision.reason ?? decision.outcome
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    }
    // Every kind of decision must occur. Otherwise the generator would prove nothing.
    const all = [
      'unknown',
      'rule unknown',
      'granted',
      'no_rule_matched',
      'scope_not_granted',
      'template_unrenderable',
    ]
    for (const kind of [...all, 'rule_denied', 'resource_unknown', 'target_missing']) {
      expect(kinds.get(kind), kind).toBeGreaterThan(2)
    }
  }, 180_000)

  it('LOG-10 judges a rule without the unrecorded claims only if they cannot change the result', async () => {
    const said = { judged: 0, open: 0 }
    for (const { id, offline } of await decideCases(trust, 'recorded', SEED + 2, GROUPS, 30)) {
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
  }, 180_000)

  it('judges no rule if no claim is recorded', async () => {
    const [{ id = '' } = {}] = await decideCases(trust, 'none', SEED + 3, GROUPS, 1)
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
    expect(explanation.rules?.slice(0, 2)).toMatchObject([
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
