/**
 * Finds the rules that may match a token without evaluating all rules. `build-index.ts` files each
 * rule under the values of an equality, or under a literal text of a glob. The time does not grow
 * with the number of rules, but with the number of rules that share their most selective condition.
 */
import type { JsonObject } from '../../../web/json.ts'
import { readElement } from '../../evidence/identity.ts'
import type { Condition, Primitive, Rule, RuleIndex, RuleLookup } from '../compile/compiled.ts'
import { foldCase } from '../language/fold-case.ts'
import { possibleKeys, readPossible, UNKNOWN } from './could-be.ts'
import {
  hashBeginnings,
  hashBetween,
  hashText,
  KINDS,
  type Kind,
  keyAt,
  keyOf,
  placeOfValue,
  slotOf,
} from './index-keys.ts'

/** The conditions that pin the rule's tenant, or if there are none, those that pin a project. */
export function tenantConditions(rule: Rule): readonly Condition[] {
  const tenant = rule.conditions.filter((condition) => condition.pins === 'tenant')
  if (tenant.length > 0) return tenant
  return rule.conditions.filter((condition) => condition.pins === 'project')
}

/** The salt of the keys of rules for one resource, in the index by tenant. */
export function saltOf(resource: string): number {
  return hashText(resource)
}

const NONE: ArrayLike<number> = Object.freeze([])

/** One search for the rules that may match these claims. */
type Search = {
  readonly index: RuleIndex
  readonly claims: JsonObject
  /** What the keys of the index are salted with: see `saltOf`. */
  readonly salt: number
  /** The offsets of the lists that were found. It grows. */
  readonly found: number[]
}

/** The ordinals of the rules that may match these claims, in document order, once each. */
export function candidates(index: RuleIndex, claims: JsonObject, salt = 0): ArrayLike<number> {
  const lists: number[] = index.rest === 0 ? [] : [index.rest]
  const search = { index, claims, salt, found: lists }
  for (const lookup of index.lookups) findLists(search, lookup)
  const [first] = lists
  if (first === undefined) return NONE
  if (lists.length === 1) return listAt(index, first)
  return merge(index, lists)
}

function listAt({ lists }: RuleIndex, offset: number): Uint32Array {
  return lists.subarray(offset + 1, offset + 1 + (lists[offset] ?? 0))
}

/** A rule with several values, or whose text occurs twice, is in several lists. */
function merge(index: RuleIndex, offsets: readonly number[]): readonly number[] {
  const found = new Set<number>()
  for (const offset of new Set(offsets)) for (const rule of listAt(index, offset)) found.add(rule)
  return [...found].sort((a, b) => a - b)
}

/** Adds the offset of each list of rules that may match the claim of this look-up. */
function findLists(search: Search, lookup: RuleLookup): void {
  const { claims, salt, found } = search
  const { path, foldsCase, claim, denials, globDenials } = lookup
  const possible = readPossible(claims, path)
  if (possible === undefined) return
  const value = fold(possible === UNKNOWN ? undefined : readElement(possible), foldsCase)
  if (lookup.hasValues && value !== undefined) {
    add(search, keyAt(placeOfValue(value), claim, salt))
  }
  if (denials > 0) {
    const keys = possibleKeys(possible, foldsCase)
    const slot = slotOf(claim, KINDS.denial, 0)
    if (keys === undefined) found.push(denials)
    else for (const key of keys) add(search, keyOf(hashText(key), slot, salt))
  }
  if (value !== undefined) findGlobs(search, lookup, String(value))
  // An unreadable claim could match any glob of a deny rule.
  else if (globDenials > 0) found.push(globDenials)
}

/** Adds the rules whose globs have a literal text that is in the claim, at its place. */
function findGlobs(search: Search, lookup: RuleLookup, text: string): void {
  const { salt } = search
  const { claim, prefixes, suffixes, pieces } = lookup
  if (prefixes.length + suffixes.length + pieces.length === 0) return
  const beginnings = hashBeginnings(text)
  const addAt = (kind: Kind, from: number, length: number) =>
    add(search, keyOf(hashBetween(beginnings, from, length), slotOf(claim, kind, length), salt))
  for (const length of prefixes) if (length <= text.length) addAt(KINDS.prefix, 0, length)
  for (const length of suffixes) {
    if (length <= text.length) addAt(KINDS.suffix, text.length - length, length)
  }
  for (const length of pieces) {
    for (let from = 0; from + length <= text.length; from += 1) addAt(KINDS.piece, from, length)
  }
}

function add({ index: { slots }, found }: Search, key: number): void {
  for (let slot = (key * 2) & (slots.length - 1); ; slot = (slot + 2) & (slots.length - 1)) {
    const offset = slots[slot + 1] ?? 0
    if (offset === 0) return
    if (slots[slot] !== key) continue
    found.push(offset)
    return
  }
}

function fold(value: Primitive | undefined, foldsCase: boolean): Primitive | undefined {
  return foldsCase && typeof value === 'string' ? foldCase(value) : value
}
