import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../support/runs.ts'
import { allow, decide, denies, outcomeOf } from '../support/decide.ts'

type Json = Readonly<Record<string, unknown>>

/** Whether an allow rule with this condition grants. */
function allows(condition: unknown, claims: Json): boolean {
  const rules = [{ ...allow('yes'), when: { team: condition } }]
  return outcomeOf(decide(rules, { sub: 'w', ...claims }, {}, 'generic-oidc')) === 'yes'
}

describe('RULE-22 with any operator and any type', () => {
  const scalar = fc.oneof(fc.constantFrom('a', 'b', '1', 'true'), fc.nat(2), fc.boolean())
  const condition = fc.oneof(
    scalar,
    fc.array(scalar, { minLength: 1, maxLength: 3 }),
    fc.record({ not: scalar }),
    fc.record({ glob: fc.constantFrom('a*', '**', '1', 't*') }),
    fc.record({ contains: fc.array(scalar, { minLength: 1, maxLength: 2 }) }),
    fc.record({ min: fc.nat(2) }),
    fc.record({ max: fc.nat(2) }),
  )
  const value = fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 2 }),
    fc.constantFrom<unknown>({}, [{}], 'a\n', 2 ** 60, 'x'.repeat(3000), 'a b', '2.0'),
  )

  it('a deny rule holds if an allow rule with the same condition holds', () => {
    fc.assert(
      fc.property(condition, value, (written, team) => {
        if (allows(written, { team })) expect(denies(written, { team })).toBe(true)
      }),
      runs(400),
    )
  })

  const retype = fc.constantFrom<(held: string | number | boolean) => unknown>(
    String,
    (held) => [held],
    (held) => [String(held)],
    (held) => ({ held }),
    (held) => (typeof held === 'string' && /^\d+$/.test(held) ? Number(held) : held),
    (held) => (held === 'true' ? true : held),
  )

  it('a claim of another type does not bypass a deny rule', () => {
    fc.assert(
      fc.property(condition, scalar, retype, (written, held, change) => {
        fc.pre(allows(written, { team: held }))
        expect(denies(written, { team: change(held) })).toBe(true)
      }),
      runs(400),
    )
  })

  it('a claim of another type does not satisfy a negated condition of an allow rule', () => {
    fc.assert(
      fc.property(scalar, scalar, retype, (not, held, change) => {
        fc.pre(!allows({ not }, { team: held }))
        expect(allows({ not }, { team: change(held) })).toBe(false)
      }),
      runs(400),
    )
  })
})
