/**
 * What the core needs from outside, as function types. The worker gives the real ones, tests give
 * plain ones; both run the same contract suites.
 */
import type { RevocableToken } from '../protocol/revocations.ts'
import type { DecisionEvent } from './audit.ts'
import type { VerifiedIdentity } from './evidence/identity.ts'
import type { IssuerKeys } from './keys/issuer-keys.ts'
import type { Resource } from './policy/compile/compiled.ts'
import type { TrustView } from './trust-view.ts'

/** Epoch seconds, whole. */
export type Clock = () => number

/** The `jti` of a token: 128 random bits, in the form that `isTokenId` knows. */
export type NewTokenId = () => string

/** The id of a decision: starts with `dec_`, and no two are alike. */
export type NewDecisionId = () => string

/** SHA-256 of the UTF-8 bytes, in lower-case hex. */
export type Sha256 = (text: string) => Promise<string>

/**
 * The trust snapshot as of a moment. Throws `Unavailable` when there is no copy fresh enough to
 * decide from.
 */
export type LoadTrust = (at: number) => TrustView | Promise<TrustView>

/**
 * Asks for the keys of an issuer whose snapshot lacks `keyId` (or has no keys at all). Answers
 * with what is known afterwards, which may still lack it; undefined when the issuer has no keys.
 * `rejected` is the version of a set whose key of that id did not verify: a newer set is wanted.
 */
export type RefreshKeys = (
  keySource: string,
  keyId?: string,
  rejected?: number,
) => Promise<IssuerKeys | undefined>

/**
 * Marks a single-use token as used. True when this call was the first. Throws `Unavailable`.
 * `key` is the hex SHA-256 that stands for the token, `until` is epoch seconds: the mark must live
 * at least that long.
 */
export type ClaimReplay = (mark: {
  readonly key: string
  readonly until: number
}) => Promise<boolean>

/** Counts one exchange of a verified subject. False when it has had too many of late. */
export type AdmitSubject = (key: string) => Promise<boolean>

/**
 * Whether a token of ours was revoked, by itself or with its subject, rule or issuer. The log itself
 * is asked, so the answer is exact. Throws `Unavailable`.
 */
export type IsRevoked = (token: RevocableToken) => Promise<boolean>

/**
 * The published revocations as of a moment: a copy, as fresh as the edge has it. Throws
 * `Unavailable` when nobody can say who is revoked.
 */
export type LoadRevocations = (at: number) => Promise<{
  /** A promise where there is no copy that can be used, and the log is asked. */
  readonly isRevoked: (token: RevocableToken) => boolean | Promise<boolean>
}>

export type TokenRevocation = {
  readonly jti: string
  /** Epoch seconds at which the token ends by itself, at the latest. */
  readonly expiresAt: number
  /** The subject that asked for it. */
  readonly by: string
  /** Why, in the words of whoever asked. */
  readonly reason?: string
}

/** When a token was revoked first, and until when that is remembered at least. Epoch seconds. */
export type RevokedToken = { readonly revokedAt: number; readonly expiresAt: number }

/** Revokes one token. Durable once it resolves; throws `Unavailable` otherwise. */
export type RevokeToken = (token: TokenRevocation) => Promise<RevokedToken>

/**
 * Writes one decision down. It may do so behind the answer, and it may fail: a resource with
 * `audit: strict` waits for it and gives out no token without it; for others a failure is ignored.
 */
export type RecordDecision = (event: DecisionEvent) => void | Promise<void>

/** What is to be issued, gathered from the decision and the request. */
export type Issuance = {
  /** The gateway's own issuer URL. */
  readonly gatewayIssuer: string
  readonly identity: VerifiedIdentity
  /** The name of the rule that granted it. */
  readonly rule: string
  readonly resource: Resource
  readonly scopes: readonly string[]
  /** The least of asked, rule's, resource's and deployment's. */
  readonly lifetimeSeconds: number
  readonly subject: string
  /** The rule's own claims, by name. */
  readonly claims: Readonly<Record<string, string>>
  /** Of the trust document. */
  readonly revision: number
  /** Epoch seconds. */
  readonly issuedAt: number
}

export type IssuedToken = {
  readonly token: string
  readonly tokenId: string
  /** Our key that signed it; undefined for what another system issued. */
  readonly keyId: string | undefined
  /** Space-separated. */
  readonly scope: string
  /** Epoch seconds. */
  readonly expiresAt: number
  readonly lifetimeSeconds: number
}

/** Issues what was granted. Everything that can be refused was settled before. */
export type Mint = (issuance: Issuance) => Promise<IssuedToken>

/**
 * The mint for a resource at a moment. Found before a token is used up: throws `Unavailable` when
 * nothing can be issued for the resource.
 */
export type FindMint = (resource: Resource, at: number) => Mint

/** Something we need is down and no safe copy is left: 503, with `Retry-After`. */
export class Unavailable extends Error {
  /** Which part: a fixed name of ours, safe to log and to show in `/health`. */
  readonly part: string

  constructor(part: string, options?: { readonly cause?: unknown }) {
    super(`${part} is unavailable`, options)
    this.name = 'Unavailable'
    this.part = part
  }
}
