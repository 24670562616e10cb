import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { API, allow, decide, deny, outcomeOf } from './support/decide.ts'

/** Evaluates a document as its text reads: every rule in order, every condition, no index. */
function naive(rules: readonly RuleSource[], claims: Claims, scopes?: readonly string[]): string {
  const matching = rules.filter(({ when }) =>
    Object.entries(when).every(([claim, condition]) => holds(condition, claims[claim])),
  )
  if (matching.some((rule) => 'effect' in rule)) return 'rule_denied'
  const granting = matching.filter((rule) => 'grant' in rule && rule.grant.resource === API)
  const chosen = granting.find(
    (rule) => 'grant' in rule && (scopes ?? []).every((scope) => rule.grant.scopes.includes(scope)),
  )
  if (chosen !== undefined) return chosen.name
  return granting.length > 0 ? 'scope_not_granted' : 'no_rule_matched'
}

function holds(condition: unknown, value: unknown): boolean {
  const isThere = value !== undefined && value !== null && value !== ''
  if (Array.isArray(condition)) return condition.some((one) => one === value)
  if (typeof condition !== 'object' || condition === null) return condition === value
  if ('exists' in condition) return condition.exists === isThere
  if ('not' in condition) {
    const values = Array.isArray(condition.not) ? condition.not : [condition.not]
    return isThere && !Array.isArray(value) && !values.includes(value)
  }
  return typeof value === 'string' && value.startsWith('v') && !/[/:]/.test(value)
}

type Claims = Readonly<Record<string, unknown>>
type RuleSource = (ReturnType<typeof allow> | ReturnType<typeof deny>) & {
  readonly when: Readonly<Record<string, unknown>>
}

const scalar = fc.constantFrom('v1', 'v2', 'v/3', 'w', 1, 2, true, false)
const claimName = fc.constantFrom('a', 'b', 'c', 'd')
const condition = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 2, arbitrary: fc.array(scalar, { minLength: 1, maxLength: 3 }) },
  { weight: 2, arbitrary: fc.record({ not: fc.array(scalar, { minLength: 1, maxLength: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ exists: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ glob: 'v*' }) },
)
const when = fc.dictionary(claimName, condition, { minKeys: 1, maxKeys: 3 })
const scopes = fc.subarray(['read', 'write', 'admin'], { minLength: 1 })
const rule = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(when, scopes).map(([conditions, granted]) => ({
      ...allow('r', {}, { scopes: granted }),
      when: conditions,
    })),
  },
  { weight: 1, arbitrary: when.map((conditions) => deny('r', conditions)) },
)
const rules = fc
  .array(rule, { maxLength: 12 })
  .map((list) => list.map((one, index) => ({ ...one, name: `r${index}` })) as RuleSource[])
const claims = fc.dictionary(claimName, fc.oneof(scalar, fc.constantFrom(null, '', ['v1'])))

describe('the compiled matcher', () => {
  it('decides as reading the document from top to bottom does', () => {
    fc.assert(
      fc.property(rules, claims, fc.option(scopes, { nil: undefined }), (document, held, asked) => {
        const request = asked === undefined ? {} : { scopes: asked }
        const decision = decide(document, { sub: 'x', ...held }, request, 'generic-oidc')
        expect(outcomeOf(decision)).toBe(naive(document, held, asked))
      }),
      { numRuns: 3000 },
    )
  })
})
