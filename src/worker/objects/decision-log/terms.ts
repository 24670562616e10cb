/**
 * The values by which a question finds blocks. A term is 53 bits of the hash of a value, so two
 * values can share one; the records of a block are compared again.
 */
import type { DecisionFilter } from '../../../contract/decisions/query.ts'
import type { DecisionRecord } from '../../../contract/decisions/record.ts'
import { sha256Words } from '../../../web/sha256.ts'

/** The members of a record that have terms, the most selective first. */
const TERM_MEMBERS = ['subject', 'rule', 'reason', 'resource', 'issuer'] as const

/** Returns the term by which the filter finds the fewest blocks; undefined if it has none. */
export function findTerm(filter: DecisionFilter): number | undefined {
  const member = TERM_MEMBERS.find((name) => filter[name] !== undefined)
  return member === undefined ? undefined : hashTerm(member, filter[member] ?? '')
}

/** Returns the terms of the records of one block. */
export function collectTerms(records: readonly DecisionRecord[]): ReadonlySet<number> {
  const values = new Set<string>()
  for (const record of records) {
    for (const name of TERM_MEMBERS) {
      const value = record[name]
      if (value !== undefined) values.add(`${name}\n${value}`)
    }
  }
  return new Set([...values].map((value) => hashText(value)))
}

function hashTerm(member: string, value: string): number {
  return hashText(`${member}\n${value}`)
}

function hashText(text: string): number {
  const [high = 0, low = 0] = sha256Words(text)
  // A number of JavaScript is exact up to 53 bits.
  return (high & 0x1fffff) * 2 ** 32 + low
}
