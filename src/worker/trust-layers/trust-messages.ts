/**
 * The messages between the trust store and its callers. They are plain data, because a Durable
 * Object is called by RPC. `trust-store.ts` describes the calls.
 */

import type { DocumentProblem, RevisionSummary } from '../../contract/admin.ts'
import type { IssuerKeys } from '../../core/keys/issuer-keys.ts'

/** The name of the one trust store of a deployment. */
export const TRUST_STORE_NAME = 'trust'

export type PutRequest = {
  /**
   * JSON in UTF-8. A string with one character beyond Latin-1 would be sent at double size
   * (workerd).
   */
  readonly bytes: Uint8Array
  readonly author: string
  /** The `jti` of the token of the author. Absent from a Worker of release 0.2.0. */
  readonly tokenId?: string | undefined
  readonly message?: string | undefined
  /** The revision that this document replaces; 0 for the first document. */
  readonly ifRevision: number
}

/** An import of the history of another gateway. */
export type ImportRequest = Pick<PutRequest, 'author' | 'tokenId' | 'message'>

export type PutResult =
  | { readonly kind: 'stored' | 'unchanged'; readonly summary: RevisionSummary }
  | { readonly kind: 'stale'; readonly revision: number }
  | { readonly kind: 'refused'; readonly problems: readonly DocumentProblem[] }

export type StoredDocument = {
  /** 0 if there is no document. */
  readonly revision: number
  /** JSON in UTF-8. */
  readonly bytes: Uint8Array | null
  readonly summary: RevisionSummary | null
  /** The parts that this release cannot use. */
  readonly problems: readonly DocumentProblem[]
  /** Whether this release can use any part of it. */
  readonly isUsable: boolean
}

/** What an isolate already has, so that only the difference is sent. */
export type KnownSnapshot = {
  readonly revision: number
  /** By issuer URL. A store of release 0.2.0 reads only these. */
  readonly keyVersions: Readonly<Record<string, number>>
  /**
   * The key epoch of the last answer; -1 if there was none. Absent from a Worker of release 0.2.0,
   * which runs beside this one during a deployment. Its answer lists every issuer.
   */
  readonly keyEpoch?: number
  /**
   * The compiler whose forms the isolate can load: see `core/policy/form`. If the store has a form of
   * this compiler, it sends the form instead of the document. Older isolates send no compiler.
   */
  readonly compiler?: string
  /** The instance of the store that `keyEpoch` is from. */
  readonly instance?: string
  /** The digest of the document that the isolate has. A restored store can use a number again. */
  readonly document?: string
}

/** The compiled form of a revision. */
export type SentForm = {
  readonly bytes: Uint8Array
  /** The digest of the form: `sha256:` and hex digits. */
  readonly digest: string
  /** The digest of the document. */
  readonly document: string
}

/** The keys of one issuer. Without `keys`, the isolate has them already. */
export type SentKeys = Omit<IssuerKeys, 'keys'> & {
  readonly url: string
  readonly keys?: IssuerKeys['keys']
}

/** What changed since the epoch that the isolate has. */
export type KeyDelta = {
  /**
   * The running instance of the store. A store that was restored from a backup is another instance,
   * and uses epochs again. If it is not the one that the isolate knows, the answer has all keys.
   */
  readonly instance?: string
  /** The epoch that the isolate has after this answer. */
  readonly keyEpoch: number
  readonly issuers: readonly SentKeys[]
  /** Issuers whose keys the isolate must remove. */
  readonly removed: readonly string[]
  /** If issuers were deleted: every issuer that remains. The isolate must remove all others. */
  readonly present?: readonly string[]
}

/** Keys that changed between two epochs of an instance of the store. */
export type KeysName = {
  readonly known: number
  readonly latest: number
  readonly instance: string
}

/** A store of release 0.2.0 lists every issuer. */
export type AnyKeyDelta =
  | KeyDelta
  | {
      readonly keyEpoch?: undefined
      readonly instance?: undefined
      readonly issuers: readonly SentKeys[]
    }

export type SnapshotDelta = {
  readonly revision: number
  /** The digest of the document. Absent if there is none, and from a store of release 0.2.0. */
  readonly document?: string
  /** Epoch seconds by the clock of the store. */
  readonly at?: number
  /** The document as JSON in UTF-8, if the isolate has another revision. */
  readonly bytes?: Uint8Array | undefined
  /** The compiled form, if the isolate has another revision and can load the form. */
  readonly form?: SentForm
} & AnyKeyDelta

/** The answer to a question about one issuer's keys. */
export type KeyAnswer = IssuerKeys & {
  /**
   * If the key is missing: how long no other question about a missing key of this issuer can cause
   * a fetch. A duration, because the clocks of an isolate and of the store differ.
   */
  readonly quietSeconds?: number
}

/** The answer of a reader that need not ask the store: it does not fetch now. */
export type QuietAnswer = { readonly quietSeconds: number }
