import { describe, expect, it } from 'vitest'
import { CLAIMS, decide, outcomeOf } from '../support/decide.ts'

/** A rule with a condition on the subject only, as older documentation shows it. */
const bySubject = (sub: unknown) => [
  {
    name: 'by-subject',
    owner: 'platform@example.com',
    expires: '2099-12-31',
    from: 'github',
    when: { sub },
    grant: { resource: 'https://api.example.com', scopes: ['read'] },
  },
]
const withSubject = (sub: string) => ({ ...CLAIMS, sub })

const BY_NAMES = 'repo:acme/api:environment:production'
const BY_IDS = 'repo:acme@4411/api@8123456:environment:production'
const PREVIEW = 'repo:acme-4411/api-8123456:environment:production'

describe('subjects of GitHub', () => {
  it.each([
    ['by names', BY_NAMES],
    ['by names and ids', BY_IDS],
  ])('RULE-17 a rule can match subjects %s', (_, sub) => {
    expect(outcomeOf(decide(bySubject(sub), withSubject(sub)))).toBe('by-subject')
  })

  it.each([
    ['names', BY_NAMES, BY_IDS],
    ['ids', BY_IDS, BY_NAMES],
    ['ids', BY_IDS, 'repo:acme@66/api@77:environment:production'],
    ['names', BY_NAMES, PREVIEW],
    ['ids', BY_IDS, PREVIEW],
  ])('RULE-17 RULE-18 a rule by %s (%s) does not match %s', (_, rule, presented) => {
    expect(outcomeOf(decide(bySubject(rule), withSubject(presented)))).toBe('no_rule_matched')
  })

  it('RULE-17 a rule that lists both formats matches both', () => {
    const rules = bySubject([BY_NAMES, BY_IDS])
    for (const sub of [BY_NAMES, BY_IDS]) {
      expect(outcomeOf(decide(rules, withSubject(sub)))).toBe('by-subject')
    }
  })

  it('RULE-17 a rule on ids matches both subject formats', () => {
    const rules = [{ ...bySubject('')[0], when: { repository_id: '8123456' } }]
    for (const sub of [BY_NAMES, BY_IDS]) {
      expect(outcomeOf(decide(rules, withSubject(sub)))).toBe('by-subject')
    }
    const anew = { ...withSubject(BY_NAMES), repository_id: '9' }
    expect(outcomeOf(decide(rules, anew))).toBe('no_rule_matched')
  })

  it('RULE-18 digits after a dash are part of a name and not an id', () => {
    const rules = bySubject({ glob: 'repo:acme-4411/*:environment:production' })
    expect(outcomeOf(decide(rules, withSubject(BY_IDS)))).toBe('no_rule_matched')
    expect(outcomeOf(decide(rules, withSubject(PREVIEW)))).toBe('by-subject')
  })

  it('RULE-11 an environment cannot add fields to a subject: GitHub writes its colons as %3A', () => {
    const rules = bySubject('repo:acme/api:environment:production:ref:refs/heads/main')
    const presented = 'repo:acme/api:environment:production%3Aref%3Arefs/heads/main'
    expect(outcomeOf(decide(rules, withSubject(presented)))).toBe('no_rule_matched')
  })
})
