/**
 * Whether conditions hold for the claims of a verified identity. A missing claim matches nothing,
 * not even a negated condition, and nothing is coerced.
 */
import { MAX_LIST_ELEMENTS } from '../limits.ts'
import { readClaim, readElement, readScalar, type VerifiedIdentity } from '../subject/identity.ts'
import type { Condition, Primitive, Rule } from './compiled.ts'
import type { RequestContext } from './decision-request.ts'
import { foldCase } from './fold-case.ts'
import { matchesPattern } from './pattern.ts'

type Claims = VerifiedIdentity['claims']

export function holdsAll(rule: Rule, claims: Claims, context: RequestContext = {}): boolean {
  for (const condition of rule.conditions) if (!holds(condition, claims)) return false
  return rule.expression === undefined || holdsExpression(rule, claims, context)
}

/** Where it cannot be told, a rule that allows does not match and a rule that denies does. */
export function holdsExpression(rule: Rule, claims: Claims, context: RequestContext = {}): boolean {
  return rule.expression?.holds(claims, context) ?? rule.grant === undefined
}

/** Whether one condition holds. Equality is by type and case; nothing is coerced (RULE-03). */
export function holds(condition: Condition, claims: Claims): boolean {
  const { path, test } = condition
  if (test.kind === 'exists') return (readClaim(claims, path) !== undefined) === test.wanted
  if (test.kind === 'contains') return holdsList(test.values, condition, claims)
  const scalar = readScalar(claims, path)
  if (scalar === undefined) return false
  const value = condition.foldsCase && typeof scalar === 'string' ? foldCase(scalar) : scalar
  switch (test.kind) {
    case 'any_of':
      return test.values.includes(value)
    case 'none_of':
      return !test.values.includes(value)
    case 'glob':
      return typeof value === 'string' && matchesPattern(test.pattern, value)
    case 'range':
      return typeof value === 'number' && value >= test.min && value <= test.max
  }
}

/** Elements are compared as claims are: what no rule can read is not there. */
function holdsList(values: readonly Primitive[], condition: Condition, claims: Claims): boolean {
  const list = readClaim(claims, condition.path)
  if (!Array.isArray(list)) return false
  const present = new Set<Primitive>()
  for (const element of list.slice(0, MAX_LIST_ELEMENTS)) {
    const value = readElement(element)
    if (value === undefined) continue
    present.add(condition.foldsCase && typeof value === 'string' ? foldCase(value) : value)
  }
  for (const wanted of values) if (!present.has(wanted)) return false
  return true
}
