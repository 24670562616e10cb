/**
 * Whether conditions hold for the claims of a verified identity. A missing claim matches nothing,
 * not even a negated condition. In a rule that allows, nothing is coerced, and a claim that cannot
 * be compared matches nothing. In a rule that denies, it counts as what it could be.
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

/** Where it cannot be told, a rule that allows does not match and a rule that denies does. */
export function holdsExpression(rule: Rule, claims: Claims, context: RequestContext = {}): boolean {
  return rule.expression?.holds(claims, context) ?? rule.grant === undefined
}

/** Whether one condition holds, in a rule that allows or in one that denies. */
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
 * The text "5" counts as the number 5, so that it does not pass a rule that excludes 5 (RULE-03).
 */
function isAlike(value: Primitive, wanted: Primitive): boolean {
  return typeof value === typeof wanted ? value === wanted : keyOf(value) === keyOf(wanted)
}

/** Elements are compared as claims are: what no rule can read is not there. */
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
    // What may be there may also be absent.
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

/** A text that spells a number is that number; what is no number at all could be any. */
function couldBeWithin(value: unknown, min: number, max: number): boolean {
  const read = readElement(value)
  const number = typeof read === 'string' ? spelledNumber(read) : read
  return typeof number !== 'number' || (number >= min && number <= max)
}

function fold(value: Primitive | undefined, { foldsCase }: Condition): Primitive | undefined {
  return foldsCase && typeof value === 'string' ? foldCase(value) : value
}
