import { describe, expect, it } from 'vitest'
import { compileTrust, evaluate, explain } from '../../../../src/analysis/index.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { API, AT, allow, CLAIMS, deny, documentOf, OTHER } from '../support/decide.ts'

type Json = Readonly<Record<string, unknown>>
type Asked = {
  readonly resource?: string | undefined
  readonly scopes?: string[]
  readonly rule?: string
}

function explained(rules: readonly unknown[], claims: Json = CLAIMS, asked: Asked = {}) {
  const result = compileTrust(documentOf(rules), CEILINGS)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  const request = { resource: API, scopes: undefined, rule: undefined, ...asked }
  return explain(evaluate(result.trust, { issuer: 'github', claims }, request, AT))
}

const sentences = (...asked: Parameters<typeof explained>) =>
  explained(...asked).rules.map(({ rule, sentence }) => `${rule} ${sentence}`)

describe('an explanation', () => {
  it('names the granting rule and the outcome of the other rules', () => {
    const rules = [allow('staging', { environment: 'staging' }), allow('first'), allow('second')]
    const { summary, nearestMiss } = explained(rules)
    expect(summary).toBe('granted by the rule first: read write at https://api.example.com')
    expect(nearestMiss).toBe(undefined)
    expect(sentences(rules)).toEqual([
      'staging does not match: environment must be "staging", but it is "production"',
      'first matches and decides',
      'second matches, but another rule decides',
    ])
  })

  it('says that a deny rule decides over the rules that would grant', () => {
    expect(sentences([allow('r'), deny('not-main', { ref: CLAIMS.ref })])).toEqual([
      'r matches, but another rule decides',
      'not-main matches and denies',
    ])
  })

  it('says that rules of two resources match, and that the request names none', () => {
    const rules = [allow('one'), allow('two', {}, { resource: OTHER, scopes: ['read'] })]
    expect(sentences(rules, CLAIMS, { resource: undefined })).toEqual([
      'one matches, but the request names no resource',
      'two matches, but the request names no resource',
    ])
  })

  it('names the first of two rules that come equally near', () => {
    const rules = [allow('one', { ref: 'x' }), allow('two', { environment: 'y' })]
    expect(explained(rules).nearestMiss).toBe('one')
  })

  it.each([
    ['deny', 'is denied'],
    ['alert', 'sends an alert'],
  ])('says that it cannot know the count of a budget (%s)', (on_excess, beyond) => {
    const budget = { grants: 2, per: 'run_id', on_excess }
    const claims = { ...CLAIMS, run_id: '9' }
    expect(explained([allow('r', {}, { budget })], claims).summary).toBe(
      `granted by the rule r: read write at https://api.example.com; beyond 2 for each run_id, a token ${beyond}, and only the gateway knows the count`,
    )
  })

  it('REP-06 names the claim that a budget cannot be counted without', () => {
    const budget = { grants: 2 }
    expect(explained([allow('r', {}, { budget })]).summary).toBe(
      'denied: the budget cannot be counted: the claim check_run_id is absent',
    )
  })

  type Row = readonly [what: string, rule: unknown, asked: Asked, claims: Json, sentence: string]
  const at = (rule: unknown, sentence: string, asked: Asked = {}, claims: Json = CLAIMS): Row => [
    sentence,
    rule,
    asked,
    claims,
    sentence,
  ]
  const { ref: _, ...without } = CLAIMS
  const rows: readonly Row[] = [
    at(
      allow('r', { ref: ['a', 'b'] }),
      'r does not match: ref must be "a" or "b", but it is "refs/heads/main"',
    ),
    at(
      allow('r', { ref: { not: 'a' } }),
      'r does not match: ref must be present and not "a", but it is absent',
      {},
      without,
    ),
    at(
      allow('r', { ref: 'x', environment: 'y', event_name: 'z' }),
      'r does not match: ref must be "x", but it is "refs/heads/main", and 2 more conditions fail',
    ),
    at(
      allow('r', { ref: 'x', environment: 'y' }),
      'r does not match: ref must be "x", but it is "refs/heads/main", and 1 more condition fails',
    ),
    at(
      allow('r', {}, {}, { condition: 'claims.ref == "x"' }),
      'r does not match: its condition does not hold: claims.ref == "x"',
    ),
    at(allow('r', {}, {}, { expires: '2020-01-01' }), 'r has expired'),
    at(
      allow('r', {}, { resource: OTHER, scopes: ['read'] }),
      'r is for a resource other than https://api.example.com',
    ),
    at(allow('r'), 'r matches, but does not grant all of read admin', {
      scopes: ['read', 'admin'],
    }),
    at(allow('r'), 'r matches, but the request names the rule other', { rule: 'other' }),
    at(deny('r', { ref: CLAIMS.ref }), 'r matches and denies'),
    at(allow('r', {}, {}, { mode: 'observe' }), 'r matches, but only observes'),
  ]
  it.each(rows)('says: %s', (_, rule, asked, claims, sentence) => {
    expect(sentences([rule], claims, asked)).toEqual([sentence])
    expect(explained([rule], claims, asked).summary).toMatch(/^denied/)
  })

  it('names the rule that came nearest, among rules that could grant the request', () => {
    const rules = [
      deny('denies', { ref: 'x' }),
      allow('far', { ref: 'x', environment: 'y' }),
      allow('near', { ref: 'x' }),
      allow('elsewhere', {}, { resource: OTHER, scopes: ['read'] }),
    ]
    expect(explained(rules).nearestMiss).toBe('near')
  })

  it.each([
    ['an issuer that the document does not have', { issuer: 'nobody' }, 'no issuer nobody'],
    [
      'a resource that the document does not have',
      { resource: 'https://x.example' },
      'no resource',
    ],
  ])('names %s', (_, change, text) => {
    const result = compileTrust(documentOf([allow('r')]), CEILINGS)
    if ('problems' in result) throw new Error('refused')
    const { issuer = 'github', resource = API } = change as { issuer?: string; resource?: string }
    const request = { resource, scopes: undefined, rule: undefined }
    const decision = evaluate(result.trust, { issuer, claims: CLAIMS }, request, AT)
    expect(explain(decision).summary).toContain(text)
  })
})
