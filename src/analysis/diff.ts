/**
 * What changes between two trust documents, part by part, as data. Works on the documents as they
 * are written, before compiling, because that is what their authors recognise; whether either
 * makes sense is the compiler's question.
 */

import type { DocumentPath } from '../contract/admin.ts'
import { isJsonObject, type JsonObject } from '../web/json.ts'

/** The parts that a trust document is made of. */
export type TrustPart = 'issuer' | 'resource' | 'rule'

/** One member that differs, by its place within the part. An absent side was not there. */
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
  /** What differs inside a changed part. */
  readonly changes?: readonly TrustEdit[]
  /** A rule that changed places with others: positions from 0. The first that fits decides. */
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

/** As the others, and order counts: a rule that moved past another may now decide before it. */
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
 * The fewest rules whose moving explains the new order: all but a longest run that kept its order.
 * Added and removed rules shift the others without moving them.
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

/** Indexes of a longest rising subsequence, by patience sorting: documents hold 20,000 rules. */
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

/** Objects are compared member by member; a list is one value, because its order may count. */
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

/** By name, in document order; a rule without a name is named by its place. */
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
