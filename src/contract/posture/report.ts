/**
 * The answer of `GET /admin/v1/posture`: what is wrong or wider than needed in the rules, the issuers
 * and the keys of a gateway, and the facts that it was found from. All times are epoch seconds.
 */
import type { DocumentPath } from '../admin.ts'
import type { RuleSource } from '../trust-document.ts'

/** The ids are stable, and anchors in the documentation. */
export type PostureId = `POS-${number}`

/** `error`: something is refused or unprotected now. `warn`: act soon. `info`: know and decide. */
export type PostureSeverity = 'error' | 'warn' | 'info'

/** What a finding is about, by its name. `gateway` has none. */
type PostureSubject = {
  readonly kind: 'rule' | 'resource' | 'issuer' | 'owner' | 'key' | 'gateway'
  readonly name: string
}

export type PostureFinding = {
  readonly id: PostureId
  readonly severity: PostureSeverity
  readonly subject: PostureSubject
  /** The place in the trust document; absent if the finding is not about a part of it. */
  readonly path?: DocumentPath
  /** One sentence: what was found. */
  readonly message: string
  /** One sentence: what to do. */
  readonly fix: string
  /** The rule with exactly the rights that were used, to replace the one of the document. */
  readonly narrower?: RuleSource
}

/** What the decision log knows about the use of one scope of a resource through one rule. */
export type UsedRight = {
  readonly rule: string
  readonly resource: string
  readonly scope: string
  /** How many tokens had it. */
  readonly granted: number
  readonly last_at: number
  /**
   * The longest time for which such a token was valid after the end of the subject token that it was
   * exchanged for; negative if all ended before. Null if no record has both times.
   */
  readonly outlived_seconds: number | null
}

export type PostureUsage = {
  /**
   * `off`: the deployment keeps no decisions. `partial`: more rights were used than one answer of a
   * shard has, so that a right without use may be one that is left out.
   */
  readonly state: 'on' | 'off' | 'partial'
  /** The time from which the use is known; null if nothing was granted or refused since. */
  readonly since: number | null
  /** The most recently used first. */
  readonly rights: readonly UsedRight[]
}

/** The public facts of a signing key of the gateway. */
export type SigningKeyFacts = {
  readonly key_id: string
  readonly algorithm: string
  readonly activates_at: number
  /** Null if the key has no end. */
  readonly retires_at: number | null
}

/** The ids of the parts of three documents that a finding belongs to. */
export type PostureMapping = {
  /** OWASP Non-Human Identities Top 10, edition 2025. */
  readonly owasp_nhi: readonly string[]
  /** The tenets of NIST SP 800-207 §2.1, by number. */
  readonly sp_800_207: readonly number[]
  /** Subcategories of the NIST Cybersecurity Framework 2.0. */
  readonly csf: readonly string[]
}

export type PostureReport = {
  readonly at: number
  /** The revision of the trust document that was examined. */
  readonly revision: number
  /** A right is unused if no token had it for this many days. */
  readonly unused_days: number
  /** In the order of their ids, then of the document. */
  readonly findings: readonly PostureFinding[]
  /** For each id that a finding can have. */
  readonly mapping: Readonly<Record<PostureId, PostureMapping>>
  readonly usage: PostureUsage
}

/** Rights that were not used for this long are reported, unless the question says otherwise. */
export const DEFAULT_UNUSED_DAYS = 30
/** Daily use is kept for 400 days, so nothing is known about a longer time. */
export const MAX_UNUSED_DAYS = 399
