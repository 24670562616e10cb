/**
 * Collects the decisions that differ, by who made the request and what differs. Claims that have one
 * value in all decisions of a group describe it; the others, such as the id of a run, are left out.
 */
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import { isJsonObject, type JsonObject } from '../../web/json.ts'
import type { Difference, ReplayedResult } from './compare-outcomes.ts'

/** One identity, and how the documents decide about it. */
export type ReplayedIdentity = {
  /** The name of the issuer when the decision was recorded. */
  readonly issuer: string
  readonly subject: string
  /** The recorded claims with one value in all of these decisions, by path with dots. */
  readonly claims: Readonly<Record<string, unknown>>
  /** The recorded claims that differ from decision to decision. */
  readonly varying: readonly string[]
  readonly resource?: string
  readonly before: ReplayedResult
  readonly after: ReplayedResult
  readonly decisions: number
  /** Epoch milliseconds. */
  readonly first_at: number
  readonly last_at: number
  /** Ids of the newest decisions. */
  readonly examples: readonly string[]
}

export type IdentityList = {
  /** All decisions, also those of identities that are left out. */
  readonly decisions: number
  /** Those with the most decisions first. */
  readonly identities: readonly ReplayedIdentity[]
  /** Decisions of identities that are left out, because there are too many. */
  readonly omitted_decisions?: number
}

type Group = {
  readonly start: Pick<ReplayedIdentity, 'issuer' | 'subject' | 'resource' | 'before' | 'after'>
  readonly claims: Map<string, unknown>
  readonly varying: Set<string>
  decisions: number
  first: number
  last: number
  examples: readonly { readonly id: string; readonly at: number }[]
}

const MAX_EXAMPLES = 3
/** Each takes about a kilobyte. */
const MAX_GROUPS = 50_000

export function createGroups() {
  const groups = new Map<string, Group>()
  let [decisions, omitted] = [0, 0]

  function add(record: DecisionRecord, difference: Difference): void {
    decisions += 1
    const { issuer = '', subject = '', claims = {}, at, id } = record
    const { resource, before, after } = difference
    const key = JSON.stringify([issuer, subject, resource, before, after])
    const known = groups.get(key)
    const flat = new Map(flatten(claims, ''))
    if (known === undefined && groups.size >= MAX_GROUPS) {
      omitted += 1
      return
    }
    if (known === undefined) {
      const named = resource === undefined ? {} : { resource }
      groups.set(key, {
        start: { issuer, subject, ...named, before, after },
        claims: flat,
        varying: new Set(),
        ...{ decisions: 1, first: at, last: at, examples: [{ id, at }] },
      })
      return
    }
    known.decisions += 1
    known.first = Math.min(known.first, at)
    known.last = Math.max(known.last, at)
    const examples = [...known.examples, { id, at }].sort((left, right) => right.at - left.at)
    known.examples = examples.slice(0, MAX_EXAMPLES)
    keepCommon(known, flat)
  }

  function list(): IdentityList {
    const sorted = [...groups.values()].sort(
      (left, right) => right.decisions - left.decisions || compareSubjects(left, right),
    )
    return {
      decisions,
      identities: sorted.map(toIdentity),
      ...(omitted > 0 ? { omitted_decisions: omitted } : {}),
    }
  }
  return { add, list }
}

function compareSubjects({ start: left }: Group, { start: right }: Group): number {
  return left.subject < right.subject ? -1 : left.subject > right.subject ? 1 : 0
}

function toIdentity(group: Group): ReplayedIdentity {
  const { start, claims, varying, decisions, first, last, examples } = group
  return {
    ...start,
    claims: Object.fromEntries(claims),
    varying: [...varying].sort(),
    decisions,
    first_at: first,
    last_at: last,
    examples: examples.map(({ id }) => id),
  }
}

function keepCommon({ claims, varying }: Group, found: ReadonlyMap<string, unknown>): void {
  for (const [name, value] of claims) {
    if (found.has(name) && isEqual(found.get(name), value)) continue
    claims.delete(name)
    varying.add(name)
  }
  for (const name of found.keys()) if (!claims.has(name)) varying.add(name)
}

function isEqual(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right)
}

/** Registered claims that the group has already, or that differ in every token. */
const LEFT_OUT: ReadonlySet<string> = new Set('iss sub aud jti exp iat nbf'.split(' '))

function flatten(claims: JsonObject, prefix: string): readonly (readonly [string, unknown])[] {
  return Object.entries(claims).flatMap(([name, value]) => {
    if (prefix === '' && LEFT_OUT.has(name)) return []
    return isJsonObject(value) ? flatten(value, `${prefix}${name}.`) : [[`${prefix}${name}`, value]]
  })
}
