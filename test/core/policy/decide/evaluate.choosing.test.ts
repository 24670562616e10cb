import { describe, expect, it } from 'vitest'
import { allow, CLAIMS, decide, deny, OTHER, outcomeOf } from '../support/decide.ts'

describe('the deciding rule', () => {
  it('is the first in document order whose conditions hold', () => {
    const rules = [
      allow('next', { ref: 'refs/heads/next' }),
      allow('main', { ref: 'refs/heads/main' }),
      allow('any'),
    ]
    expect(outcomeOf(decide(rules))).toBe('main')
    expect(outcomeOf(decide(rules.toReversed()))).toBe('any')
  })

  it('is the first whose grant also covers every requested scope', () => {
    const rules = [
      allow('reads', {}, { scopes: ['read'] }),
      allow('writes', {}, { scopes: ['read', 'write'] }),
    ]
    expect(outcomeOf(decide(rules, CLAIMS, { scopes: ['write'] }))).toBe('writes')
    expect(outcomeOf(decide(rules, CLAIMS, { scopes: ['read'] }))).toBe('reads')
  })

  it('RULE decides alone: grants of two rules are never combined', () => {
    const rules = [
      allow('reads', {}, { scopes: ['read'] }),
      allow('writes', {}, { scopes: ['write'] }),
    ]
    const decision = decide(rules, CLAIMS, { scopes: ['read', 'write'] })
    expect(outcomeOf(decision)).toBe('scope_not_granted')
  })

  it('grants the requested scopes, or all its scopes if the request has none', () => {
    expect(decide([allow('r')])).toMatchObject({ scopes: ['read', 'write'] })
    expect(decide([allow('r')], CLAIMS, { scopes: ['write'] })).toMatchObject({ scopes: ['write'] })
  })

  it('is never a rule for another resource', () => {
    expect(outcomeOf(decide([allow('r')], CLAIMS, { resource: OTHER }))).toBe('no_rule_matched')
    const asked = { resource: 'https://nobody.example.com' }
    expect(outcomeOf(decide([allow('r')], CLAIMS, asked))).toBe('resource_unknown')
  })

  it('is never an expired rule', () => {
    const expired = allow('old', {}, {}, { expires: '2026-11-01' })
    expect(outcomeOf(decide([expired]))).toBe('no_rule_matched')
    expect(outcomeOf(decide([expired, allow('new')]))).toBe('new')
  })

  it('can be named by the caller, which restricts the choice and grants nothing', () => {
    const rules = [allow('first'), allow('second'), allow('other-branch', { ref: 'refs/heads/x' })]
    expect(outcomeOf(decide(rules, CLAIMS, { rule: 'second' }))).toBe('second')
    expect(outcomeOf(decide(rules, CLAIMS, { rule: 'other-branch' }))).toBe('no_rule_matched')
    expect(outcomeOf(decide(rules, CLAIMS, { rule: 'nobody' }))).toBe('no_rule_matched')
  })
})

describe('a deny rule', () => {
  it('wins over every allow rule, at any position', () => {
    const never = deny('never', { event_name: 'push' })
    expect(outcomeOf(decide([allow('r'), never]))).toBe('rule_denied')
    expect(outcomeOf(decide([never, allow('r')]))).toBe('rule_denied')
    expect(outcomeOf(decide([allow('r'), never], CLAIMS, { rule: 'r' }))).toBe('rule_denied')
  })

  it('changes nothing if it does not match', () => {
    expect(outcomeOf(decide([deny('never', { event_name: 'fork' }), allow('r')]))).toBe('r')
  })

  it('denies nothing after it has expired', () => {
    const past = { ...deny('never', { event_name: 'push' }), expires: '2026-11-01' }
    expect(outcomeOf(decide([past, allow('r')]))).toBe('r')
  })
})
