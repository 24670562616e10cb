import { describe, expect, it } from 'vitest'
import type { DecisionRecord } from '../../../src/contract/decisions/record.ts'
import { explainRecord, limitTrace, sourceOf } from '../../../src/core/decisions/explain-record.ts'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import type { EffectTrace } from '../../../src/core/policy/explain/evaluate-claims.ts'

const GATEWAY = 'https://sts.example.com'
const API = 'https://api.example.com'
const OPTIONS = { gatewayIssuer: GATEWAY, maxTokenLifetimeSeconds: 300 }
const AT = Date.parse('2026-11-20T12:00:00Z')

function compile(rules: readonly object[]) {
  const compiled = compileTrust(
    {
      version: 1,
      issuers: { github: { provider: 'github-actions' } },
      resources: { [API]: { scopes: ['read'] }, 'https://other.example.com': { scopes: ['read'] } },
      rules: rules.map((rule, index) => ({
        name: `r${index}`,
        from: 'github',
        owner: 'platform@example.com',
        expires: '2099-12-31',
        grant: { resource: API, scopes: ['read'], lifetime: '10m' },
        ...rule,
      })),
    },
    {
      ...OPTIONS,
      maxTokenLifetimeSeconds: 3600,
      maxRuleExpirySeconds: undefined,
      localIssuers: false,
    },
  )
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  return compiled.trust
}

const RECORD: DecisionRecord = {
  v: 1,
  id: 'dec_AQGiIpBI__ARrf0R24hOWA',
  at: AT,
  outcome: 'denied',
  reason: 'no_rule_matched',
  issuer: 'github',
  issuer_url: 'https://token.actions.githubusercontent.com',
  subject: 'repo:acme/api',
  revision: 7,
  asked: { resource: API },
  claims: { repository_owner_id: '1', repository_id: '2' },
}

const owner = { repository_owner_id: '1' }
const sentences = (record: DecisionRecord, rules: readonly object[]) => {
  const { rules: told = [] } = explainRecord(record, compile(rules), OPTIONS)
  return told.map(({ rule, sentence }) => `${rule} ${sentence}`)
}

describe('LOG-10 the explanation of a record without every claim', () => {
  it.each<[string, object, string]>([
    [
      'a recorded claim has another value',
      { when: { ...owner, repository_id: '3' } },
      'does not match: repository_id must be "3", but it is "2"',
    ],
    [
      'a recorded claim is absent',
      { when: { ...owner, environment: 'production' } },
      'does not match: environment must be "production", but it is absent',
    ],
    [
      'the subject, which has a member of its own',
      { when: { ...owner, sub: 'repo:acme/web' } },
      'does not match: sub must be "repo:acme/web", but it is "repo:acme/api"',
    ],
    [
      'a claim is not recorded',
      { when: { ...owner, actor: 'ada' } },
      'cannot be evaluated: not recorded: actor',
    ],
    [
      'one condition fails, and another claim is not recorded',
      { when: { ...owner, repository_id: '3', actor: 'ada' } },
      'does not match: repository_id must be "3", but it is "2"',
    ],
    [
      'an expression',
      { when: owner, condition: 'claims.actor == "ada"' },
      'cannot be evaluated: not recorded: condition',
    ],
    ['the end of a rule', { when: owner, expires: '2026-01-01' }, 'has expired'],
    [
      'another resource',
      { when: owner, grant: { resource: 'https://other.example.com', scopes: ['read'] } },
      `is for a resource other than ${API}`,
    ],
    ['every condition holds', { when: owner }, 'matches, but does not decide'],
  ])('tells about %s', (_, rule, sentence) => {
    expect(sentences(RECORD, [rule])).toEqual([`r0 ${sentence}`])
  })

  it('names the rule that decided', () => {
    const granted = { ...RECORD, outcome: 'granted', rule: 'r0', resource: API, scopes: ['read'] }
    const record = granted as DecisionRecord
    expect(sentences(record, [{ when: owner }])).toEqual(['r0 matches and decides'])
    expect(explainRecord(record, compile([{ when: owner }]), OPTIONS)).toMatchObject({
      status: 'partial',
      summary: `granted by the rule r0: read at ${API}`,
    })
  })

  it.each(['budget_exceeded', 'issuing_stopped', 'token_replayed'])(
    'names the rule that decided before %s refused its token',
    (reason) => {
      const record = { ...RECORD, reason, rule: 'r0' }
      expect(sentences(record, [{ when: owner }])).toEqual(['r0 matches and decides'])
      expect(sentences({ ...RECORD, reason, rule: 'r1' }, [{ when: owner }])).toEqual([
        'r0 matches, but another rule decides',
      ])
    },
  )

  it('says of a rule that matches beside a deny rule that another one decides', () => {
    const record = { ...RECORD, reason: 'rule_denied' }
    expect(sentences(record, [{ when: owner }])).toEqual(['r0 matches, but another rule decides'])
  })

  it.each([
    [
      { resource: API, scopes: ['read'], unknown: ['scopes' as const] },
      'matches, but does not grant all of read <a scope that the resource does not have>',
    ],
    [
      { unknown: ['resource' as const] },
      'is for a resource other than <one that the document does not have>',
    ],
    [
      { resource: API, unknown: ['rule' as const] },
      'matches, but the request names the rule <one that is not recorded>',
    ],
  ])('says which name of the request is not recorded: %j', (asked, sentence) => {
    expect(sentences({ ...RECORD, asked }, [{ when: owner }])).toEqual([`r0 ${sentence}`])
  })

  it('LOG-10 does not take a claim that was left out as absent', () => {
    const { claims: _, ...rest } = RECORD
    const record = { ...rest, omitted: ['claims'] }
    expect(sentences(record, [{ when: { ...owner, environment: 'x' } }])).toEqual([
      'r0 cannot be evaluated: not recorded: repository_owner_id, environment',
    ])
    const { note } = explainRecord(record, compile([]), OPTIONS)
    expect(note).toContain('too large to be recorded')
  })
})

describe('the explanation of a record with every claim', () => {
  const whole: DecisionRecord = { ...RECORD, all_claims: true }

  it('cuts the lifetime at the ceiling of the deployment', () => {
    const { evaluation } = explainRecord(whole, compile([{ when: owner }]), OPTIONS)
    expect(evaluation).toMatchObject({ kind: 'granted', lifetimeSeconds: 300 })
  })

  it('says if the rules decide otherwise', () => {
    expect(explainRecord(whole, compile([{ when: owner }]), OPTIONS).agrees).toBe(false)
    expect(explainRecord(whole, compile([]), OPTIONS).agrees).toBe(true)
  })

  it('LOG-10 agrees only with the same rule and the same resource', () => {
    const granted = { ...whole, outcome: 'granted', rule: 'r0', resource: API } as const
    const agrees = (change: object) =>
      explainRecord({ ...granted, ...change }, compile([{ when: owner }]), OPTIONS).agrees
    expect(agrees({})).toBe(true)
    expect(agrees({ rule: 'r1' })).toBe(false)
    expect(agrees({ resource: 'https://other.example.com' })).toBe(false)
  })

  it('considers what the assertion allows', () => {
    const record = { ...whole, asked: { resource: API, scopes_within: ['write'] } }
    const { evaluation } = explainRecord(record, compile([{ when: owner }]), OPTIONS)
    expect(evaluation).toMatchObject({ kind: 'denied', reason: 'scope_not_granted' })
  })

  it('considers the connection', () => {
    const rule = { when: owner, condition: 'request.country == "DE"' }
    const connected = { ...whole, connection: { country: 'DE' } }
    const kindOf = (record: DecisionRecord) =>
      explainRecord(record, compile([rule]), OPTIONS).evaluation
    expect(kindOf(connected)).toMatchObject({ kind: 'granted' })
    expect(kindOf(whole)).toMatchObject({ kind: 'denied' })
  })

  it('is none if the request was too large to be recorded', () => {
    const record = { ...whole, omitted: ['asked'] }
    expect(explainRecord(record, compile([]), OPTIONS)).toMatchObject({
      status: 'none',
      revision: 7,
    })
  })
})

describe('the rules that decided', () => {
  it.each([
    ['of a request for an API', RECORD, 'document'],
    ['of a request without a resource', { ...RECORD, asked: {} }, 'document'],
    ['of a request for the gateway', { ...RECORD, asked: { resource: `${GATEWAY}/` } }, 'policy'],
    ['of a token that was not verified', { ...RECORD, subject: undefined }, undefined],
  ])('are those of the document, those of the policy, or unknown: %s', (_, record, source) => {
    expect(sourceOf(record as DecisionRecord, GATEWAY)).toBe(source)
  })

  it('are limited to those that are nearest to the request', () => {
    const failed = (rule: string, missed: number): EffectTrace => ({
      rule,
      effect: 'allow',
      outcome: 'condition_failed',
      conditions: Array.from({ length: missed }, () => ({
        ...{ claim: 'a', holds: false, expected: 'x', presented: null },
      })),
    })
    const matched: EffectTrace = { rule: 'm', effect: 'allow', outcome: 'matched', conditions: [] }
    const expired: EffectTrace = { ...matched, rule: 'e', outcome: 'expired' }
    const all = [failed('two', 2), expired, failed('one', 1), matched]
    const { trace, omitted } = limitTrace(all, 2)
    expect([trace.map(({ rule }) => rule), omitted]).toEqual([['one', 'm'], 2])
    expect(limitTrace(all, 4)).toEqual({ trace: all, omitted: 0 })
  })
})
