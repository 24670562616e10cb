/**
 * Compares claims for deny rules, by content and not by type. A platform may change the type of a
 * claim, or send a single value instead of a list, and a deny rule must still hold. Allow rules
 * compare by type, in `conditions.ts`.
 */

import type { JsonObject } from '../../../web/json.ts'
import { MAX_LIST_ELEMENTS } from '../../limits.ts'
import type { Primitive } from '../compile/compiled.ts'
import { foldCase } from '../language/fold-case.ts'

/** An unknown value: the path leads into something that is not an object. */
export const UNKNOWN = Symbol('an unknown value')

/**
 * The claim at a path; undefined if it is absent, null or an empty text. UNKNOWN if the path leads
 * into a text, a number or a list: the platform nests the claim differently, so its value is unknown.
 */
export function readPossible(claims: JsonObject, path: readonly string[]): unknown {
  let value: unknown = claims
  for (const name of path) {
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value !== 'object' || Array.isArray(value)) return UNKNOWN
    if (!Object.hasOwn(value, name)) return undefined
    value = (value as JsonObject)[name]
  }
  return value === null || value === '' ? undefined : value
}

/**
 * Matches without backtracking, so that the time grows only with the length of the text (RULE-07).
 */
const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/

/** The number that a text spells in decimals; undefined for any other text. */
export function spelledNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined
}

/**
 * A key that is the same for all scalars that could be equal: 1, "1" and "1.0"; true and "True". Two
 * different texts may have the same key.
 */
export function keyOf(value: Primitive): string {
  if (typeof value !== 'string') return String(value)
  const number = spelledNumber(value)
  if (number !== undefined) return String(number)
  const word = value.trim().toLowerCase()
  return word === 'true' || word === 'false' ? word : value
}

/**
 * The keys of all values that a claim could have; undefined if it could have any value. `foldsCase`
 * must be the same as in the conditions that are looked up.
 */
export function possibleKeys(value: unknown, foldsCase: boolean): readonly string[] | undefined {
  if (typeof value === 'string') return [keyOf(foldsCase ? foldCase(value) : value)]
  if (typeof value === 'number' || typeof value === 'boolean') return [keyOf(value)]
  if (!Array.isArray(value) || value.length > MAX_LIST_ELEMENTS) return undefined
  const keys: string[] = []
  for (const element of value) {
    if (element === null || element === '') continue
    if (typeof element === 'object') return undefined
    keys.push(...(possibleKeys(element, foldsCase) ?? []))
  }
  return keys
}

/** Whether a claim could equal a value of a rule. Two texts are compared exactly. */
export function couldEqual(value: unknown, wanted: Primitive, foldsCase: boolean): boolean {
  if (typeof value === 'string') {
    if (typeof wanted !== 'string') return keyOf(value) === keyOf(wanted)
    return (foldsCase ? foldCase(value) : value) === wanted
  }
  if (typeof value === 'number' || typeof value === 'boolean') {
    return typeof value === typeof wanted ? value === wanted : keyOf(value) === keyOf(wanted)
  }
  if (!Array.isArray(value) || value.length > MAX_LIST_ELEMENTS) return true
  return value.some(
    (element) =>
      element !== null &&
      element !== '' &&
      (typeof element === 'object' || couldEqual(element, wanted, foldsCase)),
  )
}

/** Includes brackets and quotes, because a list may arrive as JSON text. */
const BETWEEN_WORDS = /[\s,;|"'[\]]+/

/** Whether a claim could be a list with this value. A text may be a list of words. */
export function couldContain(value: unknown, wanted: Primitive, foldsCase: boolean): boolean {
  if (couldEqual(value, wanted, foldsCase)) return true
  if (typeof value !== 'string') return false
  return value.split(BETWEEN_WORDS).some((word) => couldEqual(word, wanted, foldsCase))
}
