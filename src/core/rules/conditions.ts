/**
 * Whether conditions hold for the claims of a verified identity. A missing claim matches nothing,
 * not even a negated condition, and nothing is coerced. A claim that is there and cannot be read
 * matches nothing in a rule that grants, and in one that denies whatever it could be.
 */
import { MAX_LIST_ELEMENTS } from '../limits.ts'
import { readClaim, readElement, readScalar, type VerifiedIdentity } from '../subject/identity.ts'
import type { Condition, Primitive, Rule } from './compiled.ts'
import type { RequestContext } from './decision-request.ts'
import { foldCase } from './fold-case.ts'
import { matchesPattern } from './pattern.ts'

type Claims = VerifiedIdentity['claims']

export function holdsAll(rule: Rule, claims: Claims, context: RequestContext = {}): boolean {
  const denies = rule.grant === undefined
  for (const condition of rule.conditions) if (!holds(condition, claims, denies)) return false
  return rule.expression === undefined || holdsExpression(rule, claims, context)
}

/** Where it cannot be told, a rule that allows does not match and a rule that denies does. */
export function holdsExpression(rule: Rule, claims: Claims, context: RequestContext = {}): boolean {
  return rule.expression?.holds(claims, context) ?? rule.grant === undefined
}

/** Whether one condition holds. Equality is by type and case; nothing is coerced (RULE-03). */
export function holds(condition: Condition, claims: Claims, denies = false): boolean {
  const { path, test } = condition
  if (test.kind === 'exists') return (readClaim(claims, path) !== undefined) === test.wanted
  if (test.kind === 'contains') return holdsList(test.values, condition, claims, denies)
  const scalar = readScalar(claims, path)
  if (scalar === undefined) {
    // No value of a rule is unreadable, so equality is decided; of the rest it cannot be told.
    return denies && test.kind !== 'any_of' && readClaim(claims, path) !== undefined
  }
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
function holdsList(
  values: readonly Primitive[],
  condition: Condition,
  claims: Claims,
  denies: boolean,
): boolean {
  const list = readClaim(claims, condition.path)
  if (!Array.isArray(list)) return false
  // What is beyond the last element that is looked at may be the one.
  if (denies && list.length > MAX_LIST_ELEMENTS) return true
  const present = new Set<Primitive>()
  for (const element of list.slice(0, MAX_LIST_ELEMENTS)) {
    const value = readElement(element)
    if (value === undefined) continue
    present.add(condition.foldsCase && typeof value === 'string' ? foldCase(value) : value)
  }
  for (const wanted of values) if (!present.has(wanted)) return false
  return true
}
