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
