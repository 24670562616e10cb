import { describe, expect, it } from 'vitest'
import { CLAIMS, decide, outcomeOf } from '../support/decide.ts'

/** A rule on the subject alone: what an author writes who has read an older page. */
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
  ])('RULE-17 a rule may be written for subjects %s', (_, sub) => {
    expect(outcomeOf(decide(bySubject(sub), withSubject(sub)))).toBe('by-subject')
  })

  it.each([
    ['names', BY_NAMES, BY_IDS],
    ['ids', BY_IDS, BY_NAMES],
    ['ids', BY_IDS, 'repo:acme@66/api@77:environment:production'],
    ['names', BY_NAMES, PREVIEW],
    ['ids', BY_IDS, PREVIEW],
  ])('RULE-17 RULE-18 a rule by %s (%s) is not met by %s', (_, rule, presented) => {
    expect(outcomeOf(decide(bySubject(rule), withSubject(presented)))).toBe('no_rule_matched')
  })

  it('RULE-17 a rule that lists both formats is met by both', () => {
    const rules = bySubject([BY_NAMES, BY_IDS])
    for (const sub of [BY_NAMES, BY_IDS]) {
      expect(outcomeOf(decide(rules, withSubject(sub)))).toBe('by-subject')
    }
  })

  it('RULE-17 a rule by ids does not care which format the subject has', () => {
    const rules = [{ ...bySubject('')[0], when: { repository_id: '8123456' } }]
    for (const sub of [BY_NAMES, BY_IDS]) {
      expect(outcomeOf(decide(rules, withSubject(sub)))).toBe('by-subject')
    }
    const anew = { ...withSubject(BY_NAMES), repository_id: '9' }
    expect(outcomeOf(decide(rules, anew))).toBe('no_rule_matched')
  })

  it('RULE-18 digits after a dash are part of a name, and no id', () => {
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
