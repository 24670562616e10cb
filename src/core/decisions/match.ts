/** Whether a record answers a question to the decision log. */
import type { DecisionFilter, DecisionPosition } from '../../contract/decisions/query.ts'
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import { readPath } from '../../web/json.ts'

/** Members of a filter that are compared with the member of the record of the same name. */
const EQUAL = ['rule', 'issuer', 'subject', 'resource', 'outcome', 'reason', 'token_id'] as const

export function matchesFilter(
  record: DecisionPosition & Partial<DecisionRecord>,
  filter: DecisionFilter,
): boolean {
  const { from, to, claims = [] } = filter
  if (from !== undefined && record.at < from) return false
  if (to !== undefined && record.at >= to) return false
  for (const name of EQUAL) {
    const value = name === 'resource' ? resourceOf(record) : record[name]
    if (filter[name] !== undefined && value !== filter[name]) return false
  }
  if (filter.actor !== undefined && record.actor?.subject !== filter.actor) return false
  return claims.every(({ path, value }) => hasClaim(record.claims, path, value))
}

/** The resource of the issued token, or the one that was asked for: a denial has only the latter. */
export function resourceOf(record: Partial<DecisionRecord>): string | undefined {
  return record.resource ?? record.asked?.resource
}

/**
 * Returns texts that the JSON text of every matching record contains, as this gateway writes it. Most
 * records lack one of them, and need not be parsed then.
 */
export function listTexts({ actor, claims = [], ...filter }: DecisionFilter): readonly string[] {
  const members = EQUAL.flatMap((name) => {
    const value = filter[name]
    return value === undefined ? [] : [`${JSON.stringify(name)}:${JSON.stringify(value)}`]
  })
  return [
    ...members,
    ...(actor === undefined ? [] : [JSON.stringify(actor)]),
    // A claim may be a text or a number.
    ...claims.map(({ value }) => JSON.stringify(value).slice(1, -1)),
  ]
}

/** A claim that is a list has the value if one of its elements has it. */
function hasClaim(claims: unknown, path: readonly string[], value: string): boolean {
  const claim = readPath(claims, path)
  const values = Array.isArray(claim) ? claim : [claim]
  return values.some((entry) => isScalar(entry) && String(entry) === value)
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

/** Orders records as pages show them: a negative number if the left one is shown first. */
export function comparePositions(left: DecisionPosition, right: DecisionPosition): number {
  if (left.at !== right.at) return right.at - left.at
  if (left.id === right.id) return 0
  return left.id > right.id ? -1 : 1
}
