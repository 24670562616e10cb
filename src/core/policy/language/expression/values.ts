/**
 * The values of an expression, and the conversion of claims to values. JSON numbers are doubles, as
 * in CEL. `undefined` means unknown: an absent or unreadable claim, or an error of CEL.
 */

import type { JsonObject } from '../../../../web/json.ts'
import { readElement } from '../../../evidence/identity.ts'
import { MAX_LIST_ELEMENTS } from '../../../limits.ts'

/** Counts the steps of one evaluation. See MAX_EXPRESSION_STEPS. */
export type Work = { steps: number }

export const MAX_UINT = 2n ** 64n - 1n

/** An unsigned integer. A plain `bigint` is an `int`, and a `number` is a `double`. */
export class Uint {
  readonly value: bigint
  constructor(value: bigint) {
    this.value = value
  }
}

/** An object of the token. Its members are converted when they are read. */
export type Value = string | boolean | number | bigint | null | Uint | readonly Value[] | JsonObject

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

export function isMap(value: Value): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value) && !(value instanceof Uint)
}

/** An empty claim counts as missing, so that a negated test does not hold for it (RULE-02). */
const isEmpty = (raw: unknown) => raw === undefined || raw === null || raw === ''

/**
 * Undefined for a value that no rule may read: text with hidden characters (CLM-11), a number that
 * is not exact (CLM-13), or a list with such an element.
 */
function toValue(raw: unknown, work: Work): Value | undefined {
  work.steps += 1
  if (Array.isArray(raw)) {
    // `all` would have another result for a shortened list.
    if (raw.length > MAX_LIST_ELEMENTS) return undefined
    const elements: Value[] = []
    for (const member of raw) {
      if (isEmpty(member)) continue
      const element = toValue(member, work)
      if (element === undefined) return undefined
      elements.push(element)
    }
    return elements
  }
  // The value was parsed from strict JSON, so an object has only members.
  if (typeof raw === 'object' && raw !== null) return raw as JsonObject
  // Only the number of an autonomous system is an int. JSON numbers are doubles.
  return typeof raw === 'bigint' ? raw : readElement(raw)
}

/** A member of an object. Inherited members such as `constructor` do not count (CLM-12). */
export function readMember(map: JsonObject, name: string, work: Work): Value | undefined {
  return hasMember(map, name) ? toValue(map[name], work) : undefined
}

/** Whether the value is present. It may still be unreadable. */
export function hasMember(map: JsonObject, name: string): boolean {
  return Object.hasOwn(map, name) && !isEmpty(map[name])
}

/** The names of the present members, or undefined if one is unreadable. */
export function memberNames(map: JsonObject): readonly string[] | undefined {
  const names = Object.keys(map).filter((name) => !isEmpty(map[name]))
  return names.some((name) => readElement(name) === undefined) ? undefined : names
}
