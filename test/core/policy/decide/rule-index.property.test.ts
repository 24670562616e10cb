import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Rule } from '../../../../src/core/policy/compile/compiled.ts'
import { holds, holdsAll } from '../../../../src/core/policy/decide/conditions.ts'
import { saltOf, tenantConditions } from '../../../../src/core/policy/decide/rule-index.ts'
import type { JsonObject } from '../../../../src/web/json.ts'
import { runs } from '../../../support/runs.ts'
import { API, allow, deny, identityOf } from '../support/decide.ts'
import { compileIssuer, findRules, namesOf } from '../support/index.ts'

type Json = Readonly<Record<string, unknown>>

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

/** Few letters, so that globs share their beginnings, ends and pieces, and often match. */
const word = fc
  .array(fc.constantFrom('a', 'A', 'b', '/', ':', 'ab', 'release-', 'ref'), { maxLength: 4 })
  .map((parts) => parts.join(''))
const globText = fc
  .array(fc.oneof(word, fc.constantFrom('*', '**')), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(''))
  .filter((text) => text !== '' && !text.includes('***'))
const globTest = fc.oneof(
  { weight: 6, arbitrary: fc.record({ glob: globText }) },
  { weight: 1, arbitrary: word.filter((text) => text !== '') },
  { weight: 1, arbitrary: fc.record({ not: fc.constantFrom('a', 'release-a') }) },
)
const CLAIM_NAMES = ['ref', 'environment', 'repository', 'sub'] as const
const globRules = fc
  .array(
    fc.tuple(
      fc.dictionary(fc.constantFrom(...CLAIM_NAMES), globTest, {
        minKeys: 1,
        maxKeys: 2,
        noNullPrototype: true,
      }),
      fc.boolean(),
    ),
    { maxLength: 20 },
  )
  .map((list) =>
    list.map(([conditions, isDeny], index) => ({
      ...(isDeny ? deny('r', conditions) : allow('r')),
      name: `r${index}`,
      when: conditions,
    })),
  )
const globClaims = fc.dictionary(
  fc.constantFrom(...CLAIM_NAMES),
  fc.oneof(
    { weight: 8, arbitrary: word },
    { weight: 1, arbitrary: fc.constantFrom(null, 1, true, ['a'], {}, 'a\nb', 'a'.repeat(2049)) },
  ),
  { noNullPrototype: true },
)

const isOfTenant = (one: Rule, claims: JsonObject) => {
  const pins = tenantConditions(one)
  return pins.length > 0 && pins.every((condition) => holds(condition, claims))
}

/** Compares the index with a scan over all rules. */
function expectFound(document: readonly Json[], presented: Json, provider?: string) {
  const { issuer, rules: scanned } = compileIssuer(document, provider)
  const { claims } = identityOf(presented)
  expect(namesOf(scanned)).toEqual(document.map(({ name }) => name))
  const near = findRules(issuer, issuer.index, claims)
  expect(namesOf(near.filter((one) => holdsAll(one, claims)))).toEqual(
    namesOf(scanned.filter((one) => holdsAll(one, claims))),
  )
  const positions = near.map(({ position }) => position)
  expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b))
  // The tenant index explains denials: it finds an allow rule for the tokens of its tenant.
  const told = findRules(issuer, issuer.tenantIndex, claims, saltOf(API))
  expect(namesOf(told.filter((one) => isOfTenant(one, claims)))).toEqual(
    namesOf(scanned.filter((one) => one.grant !== undefined && isOfTenant(one, claims))),
  )
}

describe('the index of rules', () => {
  it('RULE-20 finds the rules that a scan finds, once each and in document order', () => {
    fc.assert(
      fc.property(rules, held, (document, presented: Json) => expectFound(document, presented)),
      runs(400),
    )
  })

  it('RULE-20 finds the rules of documents that consist of globs, with and without case', () => {
    fc.assert(
      fc.property(globRules, globClaims, (document, presented: Json) => {
        expectFound(document, presented, 'generic-oidc')
        expectFound(document, presented, 'github-enterprise-server')
      }),
      runs(400),
    )
  })

  it('RULE-20 returns one rule of thousands if a claim distinguishes them', () => {
    const many = Array.from({ length: 3000 }, (_, index) => ({
      ...allow(`r${index}`),
      when: { namespace_id: '1', project_id: String(index), ref: ['main', 'next'] },
    }))
    const { issuer } = compileIssuer(many)
    const { claims } = identityOf({ namespace_id: '1', project_id: '777', ref: 'main' })
    expect(namesOf(findRules(issuer, issuer.index, claims))).toEqual(['r777'])
    expect(findRules(issuer, issuer.index, { ...claims, project_id: 'other' })).toEqual([])
  })
})
