/** What the object of the status lists is asked, and its answers. */
import type { StatusUse } from '../../../core/issuance.ts'

export type LeaseRequest = {
  readonly use: StatusUse
  /** How many indexes the isolate would like. */
  readonly count: number
  /** The longest lifetime of a token. */
  readonly tokenSeconds: number
}

/** A block of indexes that no other isolate has: `count` of them from `start`. */
export type StatusLease = {
  /** The name of the list. */
  readonly list: string
  readonly start: number
  readonly count: number
  /** The end of its use, in epoch seconds. */
  readonly endsAt: number
}

/** A revocation of all tokens of a grain that were issued before a moment. */
export type CoarseRevocation = {
  readonly grain: string
  readonly id: string
  /** Epoch seconds. */
  readonly before: number
  /** Whether nothing is issued until it ends. A key with it does not sign. */
  readonly stops?: true | undefined
}

/** What the revocation log knows of a list. */
export type ListRevocations = {
  /** A bit for each index, as in the published list. May be shorter. */
  readonly bits: Uint8Array
  readonly before: readonly CoarseRevocation[]
}

/** Indexes from a first one, and their number. */
export type IndexRange = { readonly start: number; readonly count: number }
