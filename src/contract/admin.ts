/**
 * What the admin API says to the tools that speak to it: scopes, problem details (RFC 9457) and
 * the places in a trust document that a refusal points at.
 */

/** Scopes of the admin API. Only the deploy-time policy (`BOOTSTRAP_TRUST`) can grant them. */
export const ADMIN_SCOPES = [
  'trust:read',
  'trust:write',
  'tokens:introspect',
  'revocations:write',
] as const
export type AdminScope = (typeof ADMIN_SCOPES)[number]

/** A step into a document: a member name or an array index. */
export type DocumentPath = readonly (string | number)[]

/** One reason why a trust document is refused. */
export type DocumentProblem = {
  /** A stable snake_case fact, the anchor in the docs. */
  readonly code: string
  readonly path: DocumentPath
  /** One sentence that names what to change. */
  readonly message: string
}

/** RFC 9457 problem details as the admin API sends them. */
export type ProblemDetails = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly problems?: readonly DocumentProblem[]
  readonly revision?: number
}

/** On `GET /admin/v1/trust`: how many problems the stored document has; absent for none. */
export const TRUST_PROBLEMS_HEADER = 'edgemint-trust-problems'

/** What `GET /admin/v1/trust/problems` answers: how this release reads the stored document. */
export type TrustProblems = {
  readonly revision: number
  /** False: nothing of it decides. True with problems: their parts are left out. */
  readonly usable: boolean
  readonly problems: readonly DocumentProblem[]
}

/** What `POST /admin/v1/revocations` answers. Moments are epoch seconds. */
export type RevocationReport = {
  readonly jti: string
  /** When it was revoked first: revoking again changes nothing. */
  readonly revoked_at: number
  /** Until when it is remembered at least; no token lives longer. */
  readonly expires_at: number
}

/** One entry of `GET /admin/v1/issuers`. Moments are epoch seconds. */
export type IssuerReport = {
  /** As the document, or the deploy-time policy, names it. */
  readonly name: string
  readonly source: 'document' | 'policy'
  readonly url: string
  readonly provider: string
  readonly audience: string
  readonly keys: UploadedKeysReport | FetchedKeysReport
  /** Decisions about its tokens; counted in batches, so the last seconds may be missing. */
  readonly decisions: {
    readonly granted: number
    readonly denied: number
    readonly since: number | null
  }
  /** What somebody should look at, as sentences. */
  readonly warnings: readonly string[]
}

/** A key of an issuer that is not used, and why. */
export type UnusableKey = {
  /** Its place in the key set, from 0. */
  readonly index: number
  readonly kid: string | null
  /** The member at fault; null when the entry is no object. */
  readonly member: string | null
  /** In words of the gateway. */
  readonly reason: string
}

export type UploadedKeysReport = {
  readonly kind: 'uploaded'
  readonly ids: readonly (string | null)[]
  readonly ends_at: number | null
  /** Absent from gateways before 0.3. */
  readonly unusable?: readonly UnusableKey[]
}

export type FetchedKeysReport = {
  readonly kind: 'fetched'
  /**
   * `expired`: older than the deployment bears; its tokens are refused. `unusable`: the key set
   * was fetched and has no key that can be used; so are they.
   */
  readonly state: 'fresh' | 'stale' | 'expired' | 'absent' | 'unusable'
  readonly ids: readonly { readonly kid: string | null; readonly first_seen_at: number }[]
  readonly version: number
  readonly fetched_at: number | null
  readonly next_fetch_at: number | null
  readonly failures: number
  readonly last_fault: string | null
  readonly failed_at: number | null
  readonly clock_skew_seconds: number | null
  /** When every key was another one than before: a rotation in a hurry, or somebody else. */
  readonly replaced_at: number | null
  /** Keys of the last set that was read which cannot be used. Absent from gateways before 0.3. */
  readonly unusable?: readonly UnusableKey[]
  /** The host that discovery offered for the keys and that nobody named; as above. */
  readonly offered_key_host?: string | null
}

/** What `PUT /admin/v1/trust` answers. */
export type RevisionSummary = {
  readonly revision: number
  /** `sha256:` and the hex digest of the stored document. */
  readonly digest: string
  /** Who wrote it: the subject of the admin token. */
  readonly author: string
  /** Epoch seconds. */
  readonly applied_at: number
}
