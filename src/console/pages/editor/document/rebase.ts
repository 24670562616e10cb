/**
 * Puts the changes of a draft on a newer document: issuers, resources and rules by name. A part that both
 * changed is a conflict. The draft's version of it is kept, and the user is told.
 */
import { diffTrust, type TrustChange, type TrustPart } from '../../../../analysis/index.ts'
import { isJsonObject, type JsonObject } from '../../../../web/json.ts'

export type Conflict = { readonly part: TrustPart; readonly name: string }

export type Rebased = {
  readonly document: JsonObject
  /** Parts that both changed in different ways. The document has those of the draft. */
  readonly conflicts: readonly Conflict[]
  /** What was changed since, as far as the draft did not change it too. */
  readonly taken: readonly TrustChange[]
}

type Part = { readonly part: TrustPart; readonly name: string }

export function rebase(base: unknown, draft: unknown, current: unknown): Rebased {
  const ours = diffTrust(base, draft)
  const mine = new Set(namesOf(ours.filter(hasContent)))
  const theirs = diffTrust(base, current)
  const [oldParts, newParts] = [readParts(draft), readParts(current)]
  const conflicts: Conflict[] = []
  const taken: TrustChange[] = []
  const merged: JsonObject = {
    ...(isJsonObject(draft) ? draft : {}),
    ...mergeMembers('issuer'),
    ...mergeMembers('resource'),
    rules: mergeRules(),
  }
  for (const change of theirs) {
    if (isTaken(change)) taken.push(change)
    else if (
      hasContent(change) &&
      !isSame(oldParts.get(keyOf(change)), newParts.get(keyOf(change)))
    ) {
      conflicts.push({ part: change.part, name: change.name })
    }
  }
  return { document: merged, conflicts, taken }

  function isTaken(change: TrustChange): boolean {
    return !namesOf([change]).some((key) => mine.has(key))
  }

  /** The parts of a kind: those of the current document, except where the draft changed them. */
  function pick(part: TrustPart): ReadonlyMap<string, unknown> {
    const picked = new Map<string, unknown>()
    for (const [key, value] of newParts) {
      const name = nameIn(key, part)
      if (name !== undefined && !mine.has(key)) picked.set(name, value)
    }
    for (const [key, value] of oldParts) {
      const name = nameIn(key, part)
      if (name !== undefined && mine.has(key)) picked.set(name, value)
    }
    return picked
  }

  function mergeMembers(part: 'issuer' | 'resource'): JsonObject {
    const member = `${part}s`
    const picked = pick(part)
    const order = [...new Set([...listNames(draft, part), ...listNames(current, part)])]
    const kept = order.flatMap((name) => (picked.has(name) ? [[name, picked.get(name)]] : []))
    const isThere = kept.length > 0 || (isJsonObject(draft) && Object.hasOwn(draft, member))
    return isThere ? { [member]: Object.fromEntries(kept) } : {}
  }

  /** Order matters: the order is that of the current document if the draft moved nothing. */
  function mergeRules(): readonly unknown[] {
    const picked = pick('rule')
    const hasMoved = ours.some(({ moved }) => moved !== undefined)
    const [first, second] = [listNames(current, 'rule'), listNames(draft, 'rule')]
    const order = hasMoved ? weave(second, first) : weave(first, second)
    return order.flatMap((name) => (picked.has(name) ? [picked.get(name)] : []))
  }
}

/** The names of the first list, with each name that only the second has after its predecessor there. */
function weave(first: readonly string[], second: readonly string[]): readonly string[] {
  const woven = [...first]
  for (const [index, name] of second.entries()) {
    if (woven.includes(name)) continue
    const before = second.slice(0, index).findLast((one) => woven.includes(one))
    woven.splice(before === undefined ? 0 : woven.indexOf(before) + 1, 0, name)
  }
  return woven
}

/** Whether more than the place of a rule changed. */
function hasContent({ kind, changes, renamed }: TrustChange): boolean {
  return kind !== 'changed' || changes !== undefined || renamed !== undefined
}

const keyOf = ({ part, name }: Part) => `${part} ${name}`

/** A renamed rule is a change of the part with the old name and of that with the new one. */
function namesOf(changes: readonly TrustChange[]): readonly string[] {
  return changes.flatMap(({ part, name, renamed }) => [
    keyOf({ part, name }),
    ...(renamed === undefined ? [] : [keyOf({ part, name: renamed.before })]),
  ])
}

function nameIn(key: string, part: TrustPart): string | undefined {
  return key.startsWith(`${part} `) ? key.slice(part.length + 1) : undefined
}

function listNames(document: unknown, part: TrustPart): readonly string[] {
  return [...readParts(document).keys()].flatMap((key) => nameIn(key, part) ?? [])
}

function readParts(document: unknown): ReadonlyMap<string, unknown> {
  const { issuers, resources, rules }: JsonObject = isJsonObject(document) ? document : {}
  const named = (part: TrustPart, value: unknown) =>
    Object.entries(isJsonObject(value) ? value : {}).map(
      ([name, one]) => [keyOf({ part, name }), one] as const,
    )
  const list: readonly unknown[] = Array.isArray(rules) ? rules : []
  return new Map([
    ...named('issuer', issuers),
    ...named('resource', resources),
    ...list.map((rule, index) => {
      const name =
        isJsonObject(rule) && typeof rule.name === 'string' ? rule.name : `rules[${index}]`
      return [keyOf({ part: 'rule', name }), rule] as const
    }),
  ])
}

/** Whether two parts have the same content. The order of members has no meaning. */
function isSame(left: unknown, right: unknown): boolean {
  const wrap = (value: unknown) => ({ issuers: value === undefined ? {} : { part: value } })
  return diffTrust(wrap(left), wrap(right)).length === 0
}
