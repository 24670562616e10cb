import { describe, expect, it } from 'vitest'
import { allow, CLAIMS, decide, deny, outcomeOf } from '../support/decide.ts'

type Json = Readonly<Record<string, unknown>>

const LONG = Array.from({ length: 513 }, (_, index) =>
  index === 512 ? 'contractors' : `g${index}`,
)

/** Whether a deny rule with this condition on `team` denies what another rule allows. */
function denies(condition: unknown, team: unknown): boolean {
  const rules = [deny('no', { team: condition }), { ...allow('yes'), when: { sub: 'workload' } }]
  const outcome = outcomeOf(decide(rules, { sub: 'workload', team }, {}, 'generic-oidc'))
  expect(['rule_denied', 'yes']).toContain(outcome)
  return outcome === 'rule_denied'
}

function deniesBy(expression: string, claims: Json): boolean {
  const rule = { ...deny('no', {}), when: { sub: 'workload' }, condition: expression }
  const rules = [rule, { ...allow('yes'), when: { sub: 'workload' } }]
  return outcomeOf(decide(rules, { sub: 'workload', ...claims }, {}, 'generic-oidc')) !== 'yes'
}

describe('CLM-11 RULE-08 an unreadable claim does not bypass a deny rule', () => {
  type Row = readonly [name: string, condition: unknown, team: unknown]
  const rows: readonly Row[] = [
    ['a line separator, by not', { not: ['main'] }, 'evil\u2028'],
    ['a line separator, by glob', { glob: 'evil**' }, 'evil\u2028'],
    ['a control character, by glob', { glob: 'evil**' }, 'evil\u0085'],
    ['a text that is too long, by glob', { glob: 'x**' }, 'x'.repeat(2049)],
    ['a number beyond 2^53, by min', { min: 7 }, 2 ** 60],
    ['a list instead of one value, by not', { not: ['main'] }, ['evil']],
    ['a list with too many elements, by contains', { contains: 'contractors' }, LONG],
  ]
  it.each(rows)('which denies the token: %s', (_, condition, team) =>
    expect(denies(condition, team)).toBe(true),
  )

  it.each([
    ['an equality', 'main', 'main\u2028'],
    ['contains', { contains: 'contractors' }, ['contractors\u2028', 'web']],
    ['a glob and an absent claim', { glob: '**' }, undefined],
    ['not and an empty claim', { not: ['main'] }, ''],
  ])('denies nothing if the claim certainly does not match: %s', (_, condition, team) => {
    expect(denies(condition, team)).toBe(false)
  })

  it.each([
    ['has(claims.team) && claims.team.startsWith("evil")', { team: 'evil\u2028' }],
    ['has(claims.team) && "contractors" in claims.team', { team: LONG }],
    ['claims.team.all(one, one.startsWith("w"))', { team: ['web', 'evil\u2028'] }],
    ['has(claims.team.lead) && claims.team.lead == "eve"', { team: { lead: 'eve\u2028' } }],
  ])('an expression: %s', (expression, claims) => {
    expect(deniesBy(expression, claims)).toBe(true)
  })

  it('an expression that reads only other claims is evaluated', () => {
    expect(deniesBy('claims.ref == "x"', { ref: 'y', team: 'evil\u2028' })).toBe(false)
  })
})

describe('CLM-11 an unreadable claim does not satisfy an allow rule', () => {
  it.each([
    ['!has(claims.head_ref)', { head_ref: 'x\u2028' }],
    ['!has(claims.head_ref)', { head_ref: 'x'.repeat(2049) }],
    ['!("contractors" in claims.team)', { team: LONG }],
    ['claims.team.all(one, one.startsWith("w"))', { team: ['web', 'evil\u2028'] }],
    ['!has(claims.team.lead)', { team: { lead: 'eve\u2028' } }],
  ])('with the expression %s', (expression, claims) => {
    const rule = { ...allow('yes'), when: { sub: 'workload' }, condition: expression }
    const outcome = decide([rule], { sub: 'workload', ...claims }, {}, 'generic-oidc')
    expect(outcomeOf(outcome)).toBe('no_rule_matched')
  })

  it('the trace of a deny rule says why it held', () => {
    const rules = [deny('no', { repository_owner_id: '4411', ref: { not: ['refs/heads/main'] } })]
    const decision = decide(rules, { ...CLAIMS, ref: 'refs/heads/evil\u2028' })
    const denial = decision.kind === 'denied' ? decision.denial : undefined
    const trace = denial?.reason === 'rule_denied' ? denial.trace : []
    expect(trace[0]?.conditions.map(({ holds }) => holds)).toEqual([true, true])
  })
})
