/**
 * What travels between the trust store and those who call it: plain data, because a Durable Object
 * is reached by RPC. What the store does with it is said in `trust-store.ts`.
 */

import type { DocumentProblem, RevisionSummary } from '../../../contract/admin.ts'
import type { IssuerKeys } from '../../../core/keys/issuer-keys.ts'

export type PutRequest = {
  /** JSON in UTF-8: a letter beyond Latin-1 would double a string on its way (workerd). */
  readonly bytes: Uint8Array
  readonly author: string
  /** The revision that this document replaces; 0 before the first. */
  readonly ifRevision: number
}

export type PutResult =
  | { readonly kind: 'stored' | 'unchanged'; readonly summary: RevisionSummary }
  | { readonly kind: 'stale'; readonly revision: number }
  | { readonly kind: 'refused'; readonly problems: readonly DocumentProblem[] }

export type StoredDocument = {
  /** 0 before the first. */
  readonly revision: number
  /** JSON in UTF-8. */
  readonly bytes: Uint8Array | null
  readonly summary: RevisionSummary | null
  /** Parts of it that this release does not read. */
  readonly problems: readonly DocumentProblem[]
  /** Whether anything of it decides. */
  readonly isUsable: boolean
}

/** What an isolate holds already, so that only the difference travels. */
export type KnownSnapshot = {
  readonly revision: number
  /** By issuer URL. */
  readonly keyVersions: Readonly<Record<string, number>>
}

export type SnapshotDelta = {
  readonly revision: number
  /** The document as JSON in UTF-8, when its revision differs from the one the isolate holds. */
  readonly bytes?: Uint8Array
  /** Every issuer that has keys; the keys themselves only when their version differs. */
  readonly issuers: readonly (Omit<IssuerKeys, 'keys'> & {
    readonly url: string
    readonly keys?: IssuerKeys['keys']
  })[]
}
