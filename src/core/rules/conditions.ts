/**
 * Whether conditions hold for the claims of a verified identity. A missing claim matches nothing,
 * not even a negated condition, and nothing is coerced.
 */
import { readClaim, readScalar, type VerifiedIdentity } from '../subject/identity.ts'
import type { Condition, Rule } from './compiled.ts'
import { matchesPattern } from './pattern.ts'

type Claims = VerifiedIdentity['claims']

export function holdsAll(rule: Rule, claims: Claims): boolean {
  for (const condition of rule.conditions) if (!holds(condition, claims)) return false
  return true
}

/** Whether one condition holds. Equality is by type and case; nothing is coerced (RULE-03). */
export function holds(condition: Condition, claims: Claims): boolean {
  const { path, test } = condition
  if (test.kind === 'exists') return (readClaim(claims, path) !== undefined) === test.wanted
  const value = readScalar(claims, path)
  if (value === undefined) return false
  switch (test.kind) {
    case 'any_of':
      return test.values.has(value)
    case 'none_of':
      return !test.values.has(value)
    case 'glob':
      return typeof value === 'string' && matchesPattern(test.pattern, value)
  }
}
