/**
 * The values by which a question finds blocks. A term is a hash of 53 bits of a value, and a block has a
 * Bloom filter of its terms. A filter can have a term that its block has not, also because a caller chose
 * its subject so: then a question reads a block more, whose records are compared again. A row for each
 * term instead would be a write somewhere in a large index for nearly every decision.
 */
import type { DecisionFilter } from '../../../contract/decisions/query.ts'
import type { DecisionRecord } from '../../../contract/decisions/record.ts'
import { resourceOf } from '../../../core/decisions/match.ts'

/** Ten bits for each term and five that it sets: about one block in a hundred is read for nothing. */
const FILTER_BITS_PER_TERM = 10
const FILTER_STEPS = [0, 1, 2, 3, 4] as const

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
      const value = name === 'resource' ? resourceOf(record) : record[name]
      if (value !== undefined) values.add(`${name}\n${value}`)
    }
  }
  return new Set([...values].map((value) => hashText(value)))
}

/** Returns the filter of the terms of one block. */
export function buildFilter(terms: ReadonlySet<number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.ceil((terms.size * FILTER_BITS_PER_TERM) / 8))
  for (const term of terms) {
    for (const bit of bitsOf(term, bytes.length * 8)) {
      bytes[bit >>> 3] = (bytes[bit >>> 3] ?? 0) | (1 << (bit & 7))
    }
  }
  return bytes
}

/** Returns false only if the block of the filter does not have the term. */
export function mayHave(filter: ArrayBuffer, term: number): boolean {
  const bytes = new Uint8Array(filter)
  return bitsOf(term, bytes.length * 8).every(
    (bit) => ((bytes[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0,
  )
}

/** Enough different bits from two halves of one hash (Kirsch and Mitzenmacher). */
function bitsOf(term: number, size: number): readonly number[] {
  const low = term % 2 ** 32
  const high = Math.floor(term / 2 ** 32) * 2 + 1
  return FILTER_STEPS.map((step) => (low + step * high) % size)
}

function hashTerm(member: string, value: string): number {
  return hashText(`${member}\n${value}`)
}

/**
 * FNV-1a in two lanes with different bases and primes, each mixed as MurmurHash3 does at its end. It
 * is no cryptographic hash: SHA-256 took a third of the time in which a block is compressed.
 */
function hashText(text: string): number {
  let low = 0x811c9dc5
  let high = 0x6c62272e
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    low = Math.imul(low ^ code, 0x01000193)
    high = Math.imul(high ^ code, 0x9e3779b1)
  }
  // A number of JavaScript is exact up to 53 bits.
  return (mix(high ^ low) & 0x1fffff) * 2 ** 32 + mix(low)
}

function mix(word: number): number {
  const first = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35)
  return (second ^ (second >>> 16)) >>> 0
}
