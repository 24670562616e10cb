/**
 * Compares two trust documents and returns the changes of each part as data. It compares the source
 * documents and not their compiled form, because authors recognize the source. It does not check
 * whether the documents are valid.
 */

import type { DocumentPath } from '../../contract/admin.ts'
import { isJsonObject, type JsonObject } from '../../web/json.ts'
import { findMoved, type Move } from './moves.ts'
import { findRenamed } from './renames.ts'

/** The kinds of parts of a trust document. */
export type TrustPart = 'issuer' | 'resource' | 'rule'

/** One member that differs, by its path within the part. If a side is absent, it had no such member. */
export type TrustEdit = {
  readonly path: DocumentPath
  readonly before?: unknown
  readonly after?: unknown
}

/**
 * `widened`: everything that was allowed is still allowed, and more may be. `narrowed`: nothing is
 * allowed that was not, and less may be. `same`: both. `changed`: neither is proven.
 */
export type TrustEffect = 'widened' | 'narrowed' | 'same' | 'changed'

/** One part that was added, removed or changed. */
export type TrustChange = {
  readonly kind: 'added' | 'removed' | 'changed'
  readonly part: TrustPart
  readonly name: string
  /** The differences within a changed part. */
  readonly changes?: readonly TrustEdit[]
  /** The positions, from 0, of a rule that moved. Order matters: the first matching rule decides. */
  readonly moved?: Move
  /** The name of the rule in the old document, if nothing else of it changed. */
  readonly renamed?: { readonly before: string }
  /** What it does to access: see `describeEffects`, which adds it. */
  readonly effect?: TrustEffect
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
  const renamed = findRenamed(before, after, (rule) => JSON.stringify(sortMembers(rule)))
  const newNames = new Map([...renamed].map(([name, old]) => [old, name]))
  const old = new Map([...before].map(([name, rule]) => [newNames.get(name) ?? name, rule]))
  const moved = findMoved([...old.keys()], [...after.keys()])
  const edits = diffNamed('rule', old, after).filter(({ name }) => !renamed.has(name))
  const edited = new Set(edits.map(({ name }) => name))
  const others = [...new Set([...renamed.keys(), ...moved.keys()])].filter(
    (name) => !edited.has(name),
  )
  const changes = [
    ...edits,
    ...others.map((name): TrustChange => ({ kind: 'changed', part: 'rule', name })),
  ]
  return changes.map((change) => {
    const move = moved.get(change.name)
    const former = renamed.get(change.name)
    return {
      ...change,
      ...(move === undefined ? {} : { moved: move }),
      ...(former === undefined ? {} : { renamed: { before: former } }),
    }
  })
}

/** The same value with its members in one order, because their order has no meaning. */
function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers)
  if (!isJsonObject(value)) return value
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.map((name) => [name, sortMembers(value[name])]))
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
