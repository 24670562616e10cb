/**
 * The values of an expression, and how claims become values. JSON numbers are doubles, as CEL says.
 * `undefined` is what cannot be told: a claim that is absent or unreadable, or an error of CEL.
 */

import { readElement } from '../../../evidence/identity.ts'
import type { JsonObject } from '../../../evidence/strict-json.ts'
import { MAX_LIST_ELEMENTS } from '../../../limits.ts'

/** The work of one evaluation, counted in steps: see MAX_EXPRESSION_STEPS. */
export type Work = { steps: number }

/** An unsigned integer; a `bigint` alone is an `int`, a `number` is a `double`. */
export class Uint {
  readonly value: bigint
  constructor(value: bigint) {
    this.value = value
  }
}

/** An object is kept as the token has it; its members become values when they are read. */
export type Value = string | boolean | number | bigint | null | Uint | readonly Value[] | JsonObject

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

export function isMap(value: Value): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value) && !(value instanceof Uint)
}

/** What is empty is not there (RULE-02). */
const isEmpty = (raw: unknown) => raw === undefined || raw === null || raw === ''

/** Undefined: it cannot be read; of a list, not all of it can be (CLM-11, CLM-13). */
export function toValue(raw: unknown, work: Work): Value | undefined {
  work.steps += 1
  if (Array.isArray(raw)) {
    // A list cut short would change what `all` says of it.
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
  // Strict JSON brought it: an object has members and nothing else.
  if (typeof raw === 'object' && raw !== null) return raw as JsonObject
  // The number of an autonomous system; JSON has none.
  return typeof raw === 'bigint' ? raw : readElement(raw)
}

/** The member of an object, own members only (CLM-12). */
export function readMember(map: JsonObject, name: string, work: Work): Value | undefined {
  return hasMember(map, name) ? toValue(map[name], work) : undefined
}

/** Whether it is there; it may be unreadable. */
export function hasMember(map: JsonObject, name: string): boolean {
  return Object.hasOwn(map, name) && !isEmpty(map[name])
}

/** The names of the members that are there; undefined where one is unreadable. */
export function memberNames(map: JsonObject): readonly string[] | undefined {
  const names = Object.keys(map).filter((name) => !isEmpty(map[name]))
  return names.some((name) => readElement(name) === undefined) ? undefined : names
}
