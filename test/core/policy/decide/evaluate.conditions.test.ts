import { describe, expect, it } from 'vitest'
import { allow, CLAIMS, decide, outcomeOf } from '../support/decide.ts'

/** Whether a rule with only this condition on `team` matches claims with this `team`. */
function matches(condition: unknown, claims: Readonly<Record<string, unknown>>, claim = 'team') {
  const rule = { ...allow('r'), when: { [claim]: condition } }
  const decision = decide([rule], { sub: 'workload', ...claims }, {}, 'generic-oidc')
  return outcomeOf(decision) === 'r'
}

type Row = readonly [name: string, condition: unknown, team: unknown, holds: boolean]

const rows: readonly Row[] = [
  ['text equals the same text', 'a', 'a', true],
  ['RULE-03 case matters', 'a', 'A', false],
  ['RULE-03 "1" is not 1', '1', 1, false],
  ['RULE-03 1 is not "1"', 1, '1', false],
  ['RULE-03 true is not "true"', true, 'true', false],
  ['a number equals the same number', 1, 1, true],
  ['1 equals 1.0, which is the same number', 1, 1.0, true],
  ['a boolean equals the same boolean', false, false, true],
  ['a list means any of', ['a', 'b'], 'b', true],
  ['a list with none of them', ['a', 'b'], 'c', false],
  ['RULE a list claim does not equal its element', 'a', ['a'], false],
  ['RULE an object claim equals nothing', 'a', { a: 'a' }, false],
  ['RULE-02 null is absent', 'a', null, false],
  ['not holds for another value', { not: 'a' }, 'b', true],
  ['not does not hold for the value', { not: ['a', 'b'] }, 'b', false],
  ['RULE-02 not never holds for a missing claim', { not: 'a' }, undefined, false],
  ['RULE-02 not never holds for null', { not: 'a' }, null, false],
  ['RULE-02 not never holds for an empty text', { not: 'a' }, '', false],
  [
    'RULE-03 not does not hold for "1" and the number 1, which could be equal',
    { not: 1 },
    '1',
    false,
  ],
  ['RULE-03 not does not hold for "false" and the boolean false', { not: 'false' }, false, false],
  ['RULE-03 not holds for true and "false"', { not: 'false' }, true, true],
  ['exists holds for any value', { exists: true }, ['a'], true],
  ['exists does not hold for an empty text', { exists: true }, '', false],
  ['exists: false holds for a missing claim', { exists: false }, undefined, true],
  ['exists: false holds for null', { exists: false }, null, true],
  ['exists: false does not hold for false', { exists: false }, false, false],
  ['a glob star matches within a segment', { glob: 'acme/*' }, 'acme/api', true],
  ['RULE a glob star never crosses a slash', { glob: 'acme/*' }, 'acme/api/x', false],
  ['RULE a glob star never crosses a colon', { glob: 'repo:*' }, 'repo:a:b', false],
  ['two glob stars cross slashes and colons', { glob: 'acme/**' }, 'acme/a:b/c', true],
  ['RULE a glob is anchored at both ends', { glob: 'acme' }, 'xacmex', false],
  ['a glob matches only text', { glob: '*' }, 1, false],
  ['CLM-11 a value with a control character matches nothing', { glob: '**' }, 'a\u0000b', false],
  ['CLM-13 a number beyond 2^53 matches nothing', { not: 1 }, 2 ** 60, false],
  ['exists holds for a value of 2049 characters', { exists: true }, 'x'.repeat(2049), true],
  [
    'exists: false does not hold for a value of 2049 characters',
    { exists: false },
    'x'.repeat(2049),
    false,
  ],
  ['not does not hold for a value of 2049 characters', { not: 'a' }, 'x'.repeat(2049), false],
  ['a glob does not match a value of 2049 characters', { glob: '**' }, 'x'.repeat(2049), false],
]

describe('a condition', () => {
  it.each(rows)('%s', (_, condition, team, holds) => {
    expect(matches(condition, { team })).toBe(holds)
  })

  it('reads a nested claim by path, and a name with dots by a list', () => {
    const claims = { 'acme.dev/team': { name: 'payments' }, a: { b: { c: 'deep' } } }
    expect(matches('deep', claims, 'a.b.c')).toBe(true)
    expect(matches('payments', claims, '["acme.dev/team","name"]')).toBe(true)
    expect(matches('payments', claims, 'acme.dev/team.name')).toBe(false)
  })

  it('RULE-21 on a nested claim and one on a name with dots are two conditions of a rule', () => {
    const both = { ...allow('r'), when: { sub: 'w', 'a.b': 'x', '["a.b"]': 'x' } }
    const outcome = (claims: Readonly<Record<string, unknown>>) =>
      outcomeOf(decide([both], { sub: 'w', ...claims }, {}, 'generic-oidc'))
    expect(outcome({ a: { b: 'x' }, 'a.b': 'x' })).toBe('r')
    expect(outcome({ a: { b: 'x' } })).toBe('no_rule_matched')
    expect(outcome({ 'a.b': 'x' })).toBe('no_rule_matched')
    expect(outcome({ a: { b: 'x' }, 'a.b': 'y' })).toBe('no_rule_matched')
  })

  it.each(['constructor', 'toString', 'a.__proto__', '["a","constructor"]'])(
    'RULE never finds a claim that the token does not have: %s',
    (claim) => {
      expect(matches({ exists: true }, { a: {} }, claim)).toBe(false)
    },
  )

  it('of a rule is not enough: all conditions must hold', () => {
    const rule = allow('r', { ref: 'refs/heads/main', environment: 'production' })
    expect(outcomeOf(decide([rule]))).toBe('r')
    for (const claim of ['ref', 'environment', 'repository_owner_id']) {
      expect(outcomeOf(decide([rule], { ...CLAIMS, [claim]: 'x' }))).toBe('no_rule_matched')
      expect(outcomeOf(decide([rule], { ...CLAIMS, [claim]: undefined }))).toBe('no_rule_matched')
    }
  })
})
