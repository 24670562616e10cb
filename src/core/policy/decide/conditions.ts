/**
 * Evaluates conditions against the claims of a verified identity. A missing claim matches no
 * condition except `exists: false`, not even a negated one. In an allow rule, no value is coerced,
 * and an unreadable claim matches nothing. In a deny rule, such a claim matches whatever it could be.
 */

import {
  isReadableText,
  readClaim,
  readElement,
  readScalar,
  type VerifiedIdentity,
} from '../../evidence/identity.ts'
import { MAX_LIST_ELEMENTS } from '../../limits.ts'
import type { Condition, Primitive, Rule } from '../compile/compiled.ts'
import { foldCase } from '../language/fold-case.ts'
import { matchesPattern } from '../language/pattern.ts'
import {
  couldContain,
  couldEqual,
  keyOf,
  readPossible,
  spelledNumber,
  UNKNOWN,
} from './could-be.ts'
import type { RequestContext } from './decision-request.ts'

type Claims = VerifiedIdentity['claims']

export function holdsAll(rule: Rule, claims: Claims, context: RequestContext = {}): boolean {
  const denies = rule.grant === undefined
  for (const condition of rule.conditions) if (!holds(condition, claims, denies)) return false
  return rule.expression === undefined || holdsExpression(rule, claims, context)
}

/**
 * If the result of the expression is unknown, an allow rule does not match and a deny rule does.
 */
export function holdsExpression(rule: Rule, claims: Claims, context: RequestContext = {}): boolean {
  return rule.expression?.holds(claims, context) ?? rule.grant === undefined
}

/** Whether one condition holds, in an allow rule or in a deny rule. */
export function holds(condition: Condition, claims: Claims, denies = false): boolean {
  return denies ? couldHold(condition, claims) : doesHold(condition, claims)
}

/** Compares by type and case. With coercion, a list or a number could match a text (RULE-03). */
function doesHold(condition: Condition, claims: Claims): boolean {
  const { path, test } = condition
  if (test.kind === 'exists') return (readClaim(claims, path) !== undefined) === test.wanted
  if (test.kind === 'contains') return doesContain(test.values, condition, claims)
  const value = fold(readScalar(claims, path), condition)
  if (value === undefined) return false
  switch (test.kind) {
    case 'any_of':
      return test.values.includes(value)
    case 'none_of':
      return !test.values.some((wanted) => isAlike(value, wanted))
    case 'glob':
      return typeof value === 'string' && matchesPattern(test.pattern, value)
    case 'range':
      return typeof value === 'number' && value >= test.min && value <= test.max
  }
}

/**
 * The text "5" counts as the number 5. Otherwise it would pass a rule that excludes 5 (RULE-03).
 */
function isAlike(value: Primitive, wanted: Primitive): boolean {
  return typeof value === typeof wanted ? value === wanted : keyOf(value) === keyOf(wanted)
}

/** Compares elements like claims. Unreadable elements are skipped. */
function doesContain(values: readonly Primitive[], condition: Condition, claims: Claims): boolean {
  const list = readClaim(claims, condition.path)
  if (!Array.isArray(list)) return false
  const present = new Set<Primitive>()
  for (const element of list.slice(0, MAX_LIST_ELEMENTS)) {
    const value = fold(readElement(element), condition)
    if (value !== undefined) present.add(value)
  }
  for (const wanted of values) if (!present.has(wanted)) return false
  return true
}

/**
 * Whether the claim could meet the condition. Otherwise a value of another type (RULE-03) or one
 * that cannot be read (CLM-11) would pass a deny rule.
 */
function couldHold(condition: Condition, claims: Claims): boolean {
  const { path, test, foldsCase } = condition
  const value = readPossible(claims, path)
  if (test.kind === 'exists') {
    // An unknown value may be present or absent.
    return value === UNKNOWN || (value !== undefined) === test.wanted
  }
  if (value === undefined) return false
  switch (test.kind) {
    case 'any_of':
      return test.values.some((wanted) => couldEqual(value, wanted, foldsCase))
    case 'none_of': {
      const read = fold(readElement(value), condition)
      return read === undefined || !test.values.includes(read)
    }
    case 'glob': {
      const read = fold(readElement(value), condition)
      return read === undefined || matchesPattern(test.pattern, String(read))
    }
    case 'contains':
      if (typeof value === 'string' && !isReadableText(value)) return true
      return test.values.every((wanted) => couldContain(value, wanted, foldsCase))
    case 'range':
      return couldBeWithin(value, test.min, test.max)
  }
}

/**
 * A text that spells a number counts as that number. Any other value could be within the bounds.
 */
function couldBeWithin(value: unknown, min: number, max: number): boolean {
  const read = readElement(value)
  const number = typeof read === 'string' ? spelledNumber(read) : read
  return typeof number !== 'number' || (number >= min && number <= max)
}

function fold(value: Primitive | undefined, { foldsCase }: Condition): Primitive | undefined {
  return foldsCase && typeof value === 'string' ? foldCase(value) : value
}
