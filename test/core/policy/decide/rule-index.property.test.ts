import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { VerifiedIdentity } from '../../../../src/core/evidence/identity.ts'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import type { Rule, TrustedIssuer } from '../../../../src/core/policy/compile/compiled.ts'
import { holds, holdsAll } from '../../../../src/core/policy/decide/conditions.ts'
import { candidates, tenantConditions } from '../../../../src/core/policy/decide/rule-index.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { runs } from '../../../support/runs.ts'
import { allow, deny, documentOf, identityOf } from '../support/decide.ts'

type Claims = VerifiedIdentity['claims']
type Json = Readonly<Record<string, unknown>>

function compile(rules: readonly unknown[]): TrustedIssuer {
  const result = compileTrust(documentOf(rules, 'gitlab-self-managed'), CEILINGS)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  const [issuer] = result.trust.issuers.values()
  if (issuer === undefined) throw new Error('no issuer')
  return issuer
}

/** Every rule in the index, in document order. */
function allRules(index: TrustedIssuer['index']): readonly Rule[] {
  const filed = index.lookups.flatMap(({ rules, denyRules }) =>
    [...rules.values(), ...denyRules.values()].flat(),
  )
  return [...new Set([...index.rest, ...filed])].toSorted((a, b) => a.position - b.position)
}

const found = (index: TrustedIssuer['index'], claims: Claims) => candidates(index, claims)
const namesOf = (rules: readonly Rule[]) => rules.map(({ name }) => name)

const id = fc.constantFrom('1', '2', '3', '4', '1.0')
const flag = fc.constantFrom('true', 'false')
const test = fc.oneof(
  { weight: 5, arbitrary: id },
  { weight: 2, arbitrary: fc.uniqueArray(id, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.record({ not: id }) },
  { weight: 1, arbitrary: fc.record({ glob: fc.constantFrom('1*', '**', '2') }) },
  { weight: 1, arbitrary: fc.constant({ exists: true }) },
)
const when = fc
  .record(
    {
      namespace_id: test,
      project_id: test,
      ref: test,
      runner_id: fc.constantFrom(1, 2),
      ref_protected: flag,
    },
    { requiredKeys: [] },
  )
  .filter((conditions) => Object.keys(conditions).length > 0)
const rule = fc.tuple(when, fc.boolean()).map(([conditions, isDeny]) => ({
  ...(isDeny ? deny('r', conditions) : allow('r')),
  when: conditions,
}))
const rules = fc
  .array(rule, { maxLength: 12 })
  .map((list) => list.map((one, index) => ({ ...one, name: `r${index}` })))
const held = fc.record(
  {
    namespace_id: fc.oneof(id, fc.constantFrom('', null, 1, ['1'], ['1', 2, null], [], {}, '1.0')),
    project_id: fc.oneof(id, fc.constantFrom(3, ['4', ['1']])),
    ref: id,
    runner_id: fc.constantFrom(1, 2, '1', [2], {}),
    ref_protected: fc.oneof(flag, fc.constantFrom(true, null)),
  },
  { requiredKeys: [] },
)

const isOfTenant = (one: Rule, claims: Claims) => {
  const pins = tenantConditions(one)
  return pins.length > 0 && pins.every((condition) => holds(condition, claims))
}

describe('the index of rules', () => {
  it('RULE-20 finds the rules that a scan finds, once each and in document order', () => {
    fc.assert(
      fc.property(rules, held, (document, presented: Json) => {
        const { index, tenantIndex } = compile(document)
        const { claims } = identityOf(presented)
        const scanned = allRules(index)
        expect(namesOf(scanned)).toEqual(document.map(({ name }) => name))
        const near = found(index, claims)
        expect(namesOf(near.filter((one) => holdsAll(one, claims)))).toEqual(
          namesOf(scanned.filter((one) => holdsAll(one, claims))),
        )
        const positions = near.map(({ position }) => position)
        expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b))
        // The tenant index explains denials: it finds a rule for the tokens of its tenant.
        const told = found(tenantIndex, claims).filter((one) => isOfTenant(one, claims))
        expect(namesOf(told)).toEqual(namesOf(scanned.filter((one) => isOfTenant(one, claims))))
      }),
      runs(1000),
    )
  })

  it('RULE-20 returns one rule of thousands if a claim distinguishes them', () => {
    const many = Array.from({ length: 3000 }, (_, index) => ({
      ...allow(`r${index}`),
      when: { namespace_id: '1', project_id: String(index), ref: ['main', 'next'] },
    }))
    const { index } = compile(many)
    const { claims } = identityOf({ namespace_id: '1', project_id: '777', ref: 'main' })
    expect(namesOf(found(index, claims))).toEqual(['r777'])
    expect(found(index, { ...claims, project_id: 'other' })).toEqual([])
  })
})
