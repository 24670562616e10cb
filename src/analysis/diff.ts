/**
 * Compares two trust documents and returns the changes of each part as data. It compares the source
 * documents and not their compiled form, because authors recognize the source. It does not check
 * whether the documents are valid.
 */

import type { DocumentPath } from '../contract/admin.ts'
import { isJsonObject, type JsonObject } from '../web/json.ts'

/** The kinds of parts of a trust document. */
export type TrustPart = 'issuer' | 'resource' | 'rule'

/** One member that differs, by its path within the part. If a side is absent, it had no such member. */
export type TrustEdit = {
  readonly path: DocumentPath
  readonly before?: unknown
  readonly after?: unknown
}

/** One part that was added, removed or changed. */
export type TrustChange = {
  readonly kind: 'added' | 'removed' | 'changed'
  readonly part: TrustPart
  readonly name: string
  /** The differences within a changed part. */
  readonly changes?: readonly TrustEdit[]
  /** The positions, from 0, of a rule that moved. Order matters: the first matching rule decides. */
  readonly moved?: { readonly before: number; readonly after: number }
}

/** The changes from one document (a JSON value) to another: issuers, then resources, then rules. */
export function diffTrust(before: unknown, after: unknown): readonly TrustChange[] {
  const [old, young] = [asObject(before), asObject(after)]
  return [
    ...diffNamed('issuer', namedMembers(old, 'issuers'), namedMembers(young, 'issuers')),
    ...diffNamed('resource', namedMembers(old, 'resources'), namedMembers(young, 'resources')),
    ...diffRules(namedRules(old), namedRules(young)),
  ]
}

function diffNamed(
  part: TrustPart,
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): readonly TrustChange[] {
  const result: TrustChange[] = []
  for (const name of before.keys()) {
    if (!after.has(name)) result.push({ kind: 'removed', part, name })
  }
  for (const [name, value] of after) {
    if (!before.has(name)) {
      result.push({ kind: 'added', part, name })
      continue
    }
    const changes = diffValues(before.get(name), value, [])
    if (changes.length > 0) result.push({ kind: 'changed', part, name, changes })
  }
  return result
}

/** Compares rules by name and order. A rule that moved before another may now decide instead of it. */
function diffRules(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): readonly TrustChange[] {
  const moved = findMoved([...before.keys()], [...after.keys()])
  const changes = diffNamed('rule', before, after)
  const edited = new Set(changes.map(({ name }) => name))
  const onlyMoved = [...moved.keys()].filter((name) => !edited.has(name))
  return [
    ...changes.map((change) => {
      const move = moved.get(change.name)
      return move === undefined ? change : { ...change, moved: move }
    }),
    ...onlyMoved.flatMap((name): readonly TrustChange[] => {
      const move = moved.get(name)
      return move === undefined ? [] : [{ kind: 'changed', part: 'rule', name, moved: move }]
    }),
  ]
}

type Move = { readonly before: number; readonly after: number }

/**
 * The smallest set of moved rules that explains the new order: all rules except a longest subsequence
 * that kept its order. Added and removed rules do not count as moves of the other rules.
 */
function findMoved(before: readonly string[], after: readonly string[]): ReadonlyMap<string, Move> {
  const oldPositions = new Map(before.map((name, position) => [name, position]))
  const kept = after.flatMap((name, position) => {
    const old = oldPositions.get(name)
    return old === undefined ? [] : [{ name, before: old, after: position }]
  })
  const still = longestRising(kept.map((rule) => rule.before))
  return new Map(
    kept
      .filter((_, index) => !still.has(index))
      .map((rule) => [rule.name, { before: rule.before, after: rule.after }]),
  )
}

/** Indexes of a longest rising subsequence. Patience sorting is fast enough for 20,000 rules. */
function longestRising(values: readonly number[]): ReadonlySet<number> {
  const tails: { value: number; index: number }[] = []
  const previous: (number | undefined)[] = []
  for (const [index, value] of values.entries()) {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((tails[middle]?.value ?? value) < value) low = middle + 1
      else high = middle
    }
    previous.push(tails[low - 1]?.index)
    tails[low] = { value, index }
  }
  const chosen = new Set<number>()
  let at = tails.at(-1)?.index
  while (at !== undefined) {
    chosen.add(at)
    at = previous[at]
  }
  return chosen
}

/** Compares objects member by member. A list is one value, because its order may matter. */
function diffValues(before: unknown, after: unknown, path: DocumentPath): readonly TrustEdit[] {
  if (!isJsonObject(before) || !isJsonObject(after)) {
    return isSame(before, after) ? [] : [{ path, before, after }]
  }
  const edits: TrustEdit[] = []
  for (const [name, value] of Object.entries(before)) {
    const at = [...path, name]
    if (Object.hasOwn(after, name)) edits.push(...diffValues(value, after[name], at))
    else edits.push({ path: at, before: value })
  }
  for (const [name, value] of Object.entries(after)) {
    if (!Object.hasOwn(before, name)) edits.push({ path: [...path, name], after: value })
  }
  return edits
}

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => isSame(value, b[index]))
  }
  if (isJsonObject(a) && isJsonObject(b)) return diffValues(a, b, []).length === 0
  return a === b
}

function namedMembers(document: JsonObject, member: string): ReadonlyMap<string, unknown> {
  const value = Object.hasOwn(document, member) ? document[member] : undefined
  return new Map(Object.entries(asObject(value)))
}

/** Rules by name, in document order. A rule without a name gets its position as its name. */
function namedRules(document: JsonObject): ReadonlyMap<string, unknown> {
  const rules = Object.hasOwn(document, 'rules') ? document.rules : undefined
  const list: readonly unknown[] = Array.isArray(rules) ? rules : []
  return new Map(
    list.map((rule, position) => {
      const name = isJsonObject(rule) ? rule.name : undefined
      return [typeof name === 'string' ? name : `rules[${position}]`, rule]
    }),
  )
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}
