/**
 * The answers of the admin API that its clients read: scopes, roles, problem details (RFC 9457), reports,
 * and paths in a trust document.
 */
import type { SettingsProblem } from './settings.ts'

/** Scopes of the admin API. Only the deploy-time policy (`BOOTSTRAP_TRUST`) can grant them. */
export const ADMIN_SCOPES = [
  'trust:read',
  'trust:plan',
  'trust:write',
  'tokens:introspect',
  'revocations:write',
  'decisions:read',
  'metrics:read',
] as const
export type AdminScope = (typeof ADMIN_SCOPES)[number]

/** A scope that a route also accepts in place of its own. Who may write may also see the effect. */
export const ALSO_ACCEPTED: Readonly<Partial<Record<AdminScope, AdminScope>>> = {
  'trust:plan': 'trust:write',
}

const VIEWER = ['trust:read', 'decisions:read', 'metrics:read'] as const
const EDITOR = [...VIEWER, 'trust:plan'] as const

/**
 * The roles. The deploy-time policy may name one in place of its scopes. Tokens have the scopes. Only
 * an approver and an owner can change what the gateway grants (ADM-09).
 */
export const ADMIN_ROLES = {
  viewer: VIEWER,
  editor: EDITOR,
  approver: [...EDITOR, 'trust:write'],
  owner: ADMIN_SCOPES,
} as const satisfies Readonly<Record<string, readonly AdminScope[]>>

/** A step into a document: a member name or an array index. */
export type DocumentPath = readonly (string | number)[]

/** One reason why a trust document is refused. */
export type DocumentProblem = {
  /** A stable code in snake_case. It is also the anchor in the documentation. */
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

/** In answers of `GET /admin/v1/trust`: the number of problems of the stored document. Absent if 0. */
export const TRUST_PROBLEMS_HEADER = 'edgemint-trust-problems'

/** The answer of `GET /admin/v1/trust/problems`: how this release reads the stored document. */
export type TrustProblems = {
  readonly revision: number
  /** False: no part of it is used. True with problems: the parts with problems are left out. */
  readonly usable: boolean
  readonly problems: readonly DocumentProblem[]
}

/** The answer of `POST /admin/v1/revocations`. Times are epoch seconds. */
export type RevocationReport = {
  readonly jti: string
  /** The time of the first revocation. A repeated revocation changes nothing. */
  readonly revoked_at: number
  /** The revocation is kept at least until this time. No token lives longer. */
  readonly expires_at: number
}

/** A revocation of all tokens of a subject, a rule, an issuer or a key. Times are epoch seconds. */
export type CoarseRevocationReport = {
  readonly grain: string
  /** The `sub`, the name of the rule, the URL of the issuer, the key id, or `*` for everything. */
  readonly id: string
  /** Tokens issued before this moment are revoked. */
  readonly issued_before: number
  /** While true, no such token is issued, and every one is revoked. */
  readonly stops_issuing: boolean
  readonly revoked_at: number
  /** The subject of the admin token that revoked. */
  readonly revoked_by: string
  readonly reason: string
  /** Then the revocation ends: no token that it can name lives longer. */
  readonly expires_at: number
  /** When issuing was allowed again. */
  readonly lifted_at?: number
  readonly lifted_by?: string
  readonly lift_reason?: string
}

/** The answer of `POST /admin/v1/revocations` with `dry_run`. */
export type RevocationDryRun = {
  readonly dry_run: true
  /** `token`, or the grain of a coarse revocation. */
  readonly grain: string
  readonly id: string
  /** The live tokens in the decision log that would end, with their descendants. */
  readonly live_tokens: number
  readonly lower_bound: boolean
  /** Why `live_tokens` is a lower bound. */
  readonly gaps: readonly string[]
  /** Whether the caller's own admin token would end. */
  readonly own_token: boolean
}

/** The answer of `GET /admin/v1/revocations`. */
export type RevocationList = {
  readonly revocations: readonly CoarseRevocationReport[]
  /** The single tokens that are revoked. Some that have expired may still be counted. */
  readonly tokens: number
}

/** A part of `GET /admin/v1/revocations/export`, which `import` takes. */
export type RevocationExport = {
  readonly v: 1
  readonly rows: readonly object[]
  /** The `after` of the next part. Absent from the last one. */
  readonly next?: number
}

/** One entry of `GET /admin/v1/issuers`. Times are epoch seconds. */
export type IssuerReport = {
  /** Its name in the document or in the deploy-time policy. */
  readonly name: string
  readonly source: 'document' | 'policy'
  readonly url: string
  readonly provider: string
  readonly audience: string
  readonly keys: UploadedKeysReport | FetchedKeysReport
  /** Decisions about its subject tokens (not those of actors), as the decision log has them. */
  readonly decisions: {
    readonly granted: number
    readonly denied: number
    readonly since: number | null
    /**
     * `off`: decisions are not counted, because the deployment has no decision log.
     * `incomplete`: a part of the counts could not be read. Absent from gateways before 0.3.
     */
    readonly state?: 'on' | 'off' | 'incomplete'
  }
  /** Warnings for an operator, one sentence each. */
  readonly warnings: readonly string[]
}

/** A key of an issuer that cannot be used, and the reason. */
export type UnusableKey = {
  /** Its index in the key set, from 0. */
  readonly index: number
  readonly kid: string | null
  /** The invalid member; null if the entry is not an object. */
  readonly member: string | null
  /** The gateway's description of the fault. It contains no text of the issuer. */
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
   * `expired`: older than the deployment allows, so its tokens are refused. `unusable`: the fetched
   * key set has no usable key, so its tokens are refused too.
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
  /** When a fetch replaced every key: an urgent rotation, or another party's keys. */
  readonly replaced_at: number | null
  /** Unusable keys of the last key set that was read. Absent from gateways before 0.3. */
  readonly unusable?: readonly UnusableKey[]
  /** The key host in the discovery document that is not allowed. Absent from gateways before 0.3. */
  readonly offered_key_host?: string | null
  /**
   * Tokens with an unknown key id or an invalid signature that isolates answered without asking the
   * trust store. Counted with the decisions. Absent from gateways before 0.3.
   */
  readonly answered_from_memory?: number
}

/** The answer of `PUT /admin/v1/trust`. */
export type RevisionSummary = {
  readonly revision: number
  /** `sha256:` and the hex digest of the stored document. */
  readonly digest: string
  /** The subject of the admin token that wrote it. */
  readonly author: string
  /** Epoch seconds. */
  readonly applied_at: number
  /**
   * The `jti` of that admin token, which finds the decision that issued it. Absent from revisions of
   * gateways before 0.3.
   */
  readonly token_id?: string
  /** Why it was written, if the author said so. */
  readonly message?: string
}

/** One entry of `GET /admin/v1/trust/revisions`. */
export type KeptRevision = RevisionSummary & {
  /** Whether its document is still stored. The other members are kept for ever. */
  readonly kept: boolean
}

/** The answer of `GET /admin/v1/trust/revisions`. */
export type RevisionPage = {
  /** The newest first. */
  readonly revisions: readonly KeptRevision[]
  /** The `before` of the next page. Absent from the last page. */
  readonly next?: number
}

/** The answer of `POST /admin/v1/validate`. */
export type ValidationReport = {
  readonly valid: boolean
  readonly problems: readonly DocumentProblem[]
}

/** One key of `GET /admin/v1/keys`. Times are epoch seconds. */
export type KeyReport = {
  readonly kid: string
  readonly alg: string
  /** The name of the secret that has the private key. Absent from gateways before 0.3. */
  readonly secret?: string
  /**
   * `signing`: it signs the tokens of its algorithm. `standby`: another key of its algorithm was
   * activated later. `retired`: it is published until its last token has expired. `withdrawn`: it is no
   * longer published.
   */
  readonly state: 'scheduled' | 'signing' | 'standby' | 'retired' | 'withdrawn'
  /** Whether it signs for resources that name no algorithm. */
  readonly default: boolean
  /** Null: active since it was deployed. */
  readonly activates_at: number | null
  /** Null: it has no end. */
  readonly retires_at: number | null
  readonly published_until: number | null
}

/** The answer of `GET /admin/v1/keys`. */
export type KeysReport = {
  readonly keys: readonly KeyReport[]
  /** The signing keys that cannot be used, by the name of their secret. */
  readonly problems: readonly SettingsProblem[]
  readonly warnings: readonly string[]
}

/** The answer of `POST /admin/v1/explain`. */
export type ExplainAnswer = {
  readonly outcome: 'granted' | 'denied'
  /** The claims are the caller's. A gateway verifies a token before it decides. */
  readonly verified: false
  /** The trust document of `revision`, or the deploy-time policy for the admin API. */
  readonly source: 'document' | 'policy'
  readonly revision?: number
  /** The time of the evaluation, in epoch seconds. */
  readonly at: number
  readonly summary: string
  /** One sentence for each rule of the issuer, in the order of the document. */
  readonly rules: readonly { readonly rule: string; readonly sentence: string }[]
  readonly rules_omitted?: number
  readonly nearest_miss?: string
  /** As `decision` of `edgemint explain --json`. */
  readonly evaluation: object
}

/** The answer of `GET /admin/v1/health`. */
export type AdminHealth = {
  readonly release: string
  /** The revision of the trust document that this isolate uses; null if it cannot be read. */
  readonly revision: number | null
  readonly status: string
  readonly checks: object
  readonly warnings: readonly string[]
}
