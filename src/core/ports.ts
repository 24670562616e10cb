/**
 * The external functions that the core needs, as types. The Worker provides the real ones and tests
 * provide simple ones. Both run the same contract tests.
 */
import type { CoarseBound, CoarseName, RevocableToken } from '../protocol/revocations.ts'
import type { StatusPosition } from '../protocol/status/status-list.ts'
import type { ActorClaim, Confirmation, TokenAncestor, TokenOrigin } from '../protocol/token.ts'
import type { JsonObject } from '../web/json.ts'
import type { VerifySignature } from '../web/signature.ts'
import type { DecisionEvent } from './audit.ts'
import type { DecisionEvidence } from './decisions/build-record.ts'
import type { VerifiedIdentity } from './evidence/identity.ts'
import type { IssuerKeys } from './keys/issuer-keys.ts'
import type { Resource } from './policy/compile/compiled.ts'
import type { KeyRing } from './tokens/keyring.ts'
import type { TrustView } from './trust-view.ts'

/** Epoch seconds, whole. */
export type Clock = () => number

/** Returns a new `jti`: 128 random bits, in the form that `isTokenId` accepts. */
export type NewTokenId = () => string

/** Returns a new, unique decision id, which starts with `dec_`. */
export type NewDecisionId = () => string

/** Returns the SHA-256 of the UTF-8 bytes, in lower-case hex. */
export type Sha256 = (text: string) => Promise<string>

/**
 * Returns the trust snapshot to use at a moment. Throws `Unavailable` if no snapshot is fresh
 * enough.
 */
export type LoadTrust = (at: number) => TrustView | Promise<TrustView>

/**
 * Requests the keys of an issuer if the snapshot has no key with `keyId`, or no keys at all.
 * Returns the keys that are known afterwards, which may still not include that key, or undefined if
 * the issuer has no keys. `rejected` is the version of a set whose key did not verify: it requests
 * a newer set.
 */
export type RefreshKeys = (
  keySource: string,
  keyId?: string,
  rejected?: number,
) => Promise<IssuerKeys | undefined>

/**
 * Marks a subject token as used. Returns true for the first call. Throws `Unavailable`. `key` is
 * the hex SHA-256 that identifies the token. The mark must be kept at least until the moment
 * `until`, in epoch seconds.
 */
export type ClaimReplay = (mark: Mark) => Promise<boolean>

export type Mark = { readonly key: string; readonly until: number }

/** One token of a job by a rule with a budget. */
export type BudgetSpend = {
  /** The hex SHA-256 that identifies the job and the rule. */
  readonly key: string
  /** Epoch seconds until which the count must be kept at least. */
  readonly until: number
  /** How many tokens the job gets. */
  readonly grants: number
  readonly onExcess: 'deny' | 'alert'
  /** The mark of the subject token, if the rule limits replay too. */
  readonly mark?: Mark | undefined
}

export type Spent =
  /** The mark was set before. The job was not counted. */
  | { readonly outcome: 'token_used' }
  | { readonly outcome: 'counted'; readonly used: number }
  /**
   * The job has all its tokens, and this one was not counted. With `deny`, the subject token was not
   * marked. `isFirst`: no token of the job exceeded the budget before.
   */
  | { readonly outcome: 'exceeded'; readonly used: number; readonly isFirst: boolean }

/** Marks the subject token and counts the job, or neither. Throws `Unavailable`. */
export type SpendBudget = (spend: BudgetSpend) => Promise<Spent>

/**
 * Marks a proof of possession as used, and then the subject token and its job, as far as they are
 * given: all of them or none. Throws `Unavailable`.
 */
export type ClaimProof = (use: {
  readonly proof: Mark
  readonly mark?: Mark | undefined
  readonly count?: Omit<BudgetSpend, 'mark'> | undefined
}) => Promise<ProofSpent>

/** `proof_used`: the proof was marked before. `marked`: there was nothing to count. */
export type ProofSpent = Spent | { readonly outcome: 'proof_used' | 'marked' }

/**
 * Judges the nonce of a DPoP proof (RFC 9449 §8). `next` is the nonce for the next proof, if the
 * caller needs one.
 */
export type CheckNonce = (
  nonce: string | undefined,
  at: number,
) => NonceVerdict | Promise<NonceVerdict>

type NonceVerdict = { readonly isAccepted: boolean; readonly next?: string }

/**
 * Counts one exchange of a verified subject. Returns false if the subject is over its rate limit.
 */
export type AdmitSubject = (key: string) => Promise<boolean>

/**
 * Whether a token of this gateway was revoked, itself or by a coarse revocation. The answer comes
 * from the revocation log, so it is exact. Throws `Unavailable`.
 */
export type IsRevoked = (token: RevocableToken) => Promise<boolean>

/**
 * Returns the revocations to use at a moment, from the published revocations. Throws
 * `Unavailable` if neither these nor the log can be used.
 */
export type LoadRevocations = (at: number) => Revocations | Promise<Revocations>

/** The revocations at one time. */
export type Revocations = {
  /** Returns a promise if the log must be asked. */
  readonly isRevoked: (token: RevocableToken) => boolean | Promise<boolean>
  /** False if there is no coarse revocation, so that `findCoarse` need not be called. */
  readonly hasCoarse: boolean
  /** Returns the coarse revocations of these names. A promise if the log must be asked. */
  readonly findCoarse: (names: readonly CoarseName[]) => CoarseBounds | Promise<CoarseBounds>
}

type CoarseBounds = readonly CoarseBound[]

export type TokenRevocation = {
  readonly jti: string
  /** The latest possible expiry of the token, in epoch seconds. */
  readonly expiresAt: number
  /** The subject that requested the revocation. */
  readonly by: string
  /** The reason that the requester gave. */
  readonly reason?: string
}

/**
 * When the token was first revoked, and until when the revocation is kept at least. Epoch seconds.
 */
export type RevokedToken = { readonly revokedAt: number; readonly expiresAt: number }

/** Revokes one token. The revocation is durable when the promise resolves. Throws `Unavailable`. */
export type RevokeToken = (token: TokenRevocation) => Promise<RevokedToken>

/**
 * A decision: the event for the log, what only the decision log keeps, and whether a token must not be
 * sent before the record is durable.
 */
type RecordedDecision = readonly [
  event: DecisionEvent,
  evidence: DecisionEvidence,
  isAuditStrict: boolean,
]

/**
 * Records one decision. With `isAuditStrict`, the promise resolves when the record is durable. If it
 * rejects, the token is not sent, and the same decision is recorded as an outage. Otherwise the record
 * may be written after the answer was sent, and a failure is ignored.
 */
export type RecordDecision = (...decision: RecordedDecision) => void | Promise<void>

/** The token that a status index is for: what the revocation of a grain can name. */
export type StatusUse = {
  /** The rule of the token, and the rules of its ancestors. */
  readonly rules: readonly string[]
  /** The URL of the issuer of the first subject token. */
  readonly issuer: string
  /** The id of the signing key. */
  readonly keyId: string
}

/**
 * Returns an index of a status list that no other token has. Undefined if all lists are full. It
 * returns a promise only if the isolate has no index left. Throws `Unavailable`.
 */
export type TakeStatusIndex = (
  use: StatusUse,
) => StatusPosition | undefined | Promise<StatusPosition | undefined>

/** The token to issue, from the decision and the request. */
export type Issuance = {
  /** The gateway's own issuer URL. */
  readonly gatewayIssuer: string
  readonly identity: VerifiedIdentity
  /** The name of the rule that granted it. */
  readonly rule: string
  readonly resource: Resource
  readonly scopes: readonly string[]
  /**
   * The lowest of the requested lifetime and the limits of the rule, the resource and the
   * deployment.
   */
  readonly lifetimeSeconds: number
  readonly subject: string
  /** The claims besides those that every token has: those of the rule, or of the parent. */
  readonly claims: JsonObject
  /** The revision of the trust document. */
  readonly revision: number
  /** Epoch seconds. */
  readonly issuedAt: number
  /**
   * If the subject token is a token of this gateway: its origin, and its ancestors with itself. An
   * actor token of this gateway is an ancestor too.
   */
  readonly descent?: {
    readonly origin: TokenOrigin | undefined
    readonly anc: readonly TokenAncestor[]
  }
  /** What the token is bound to. Absent if it is not bound. */
  readonly confirmation?: Confirmation | undefined
  /** Who acts for the subject. */
  readonly act?: ActorClaim | undefined
  /** If the resource uses a status list. */
  readonly statusIndex?: StatusPosition | undefined
}

export type IssuedToken = {
  readonly token: string
  readonly tokenId: string
  /** The signing key's id. Undefined if another system issued the token. */
  readonly keyId: string | undefined
  /** Space-separated. */
  readonly scope: string
  /** Epoch seconds. */
  readonly expiresAt: number
  readonly lifetimeSeconds: number
  readonly confirmation?: Confirmation | undefined
}

/** Issues a granted token. All denials are decided before. */
export type Mint = ((issuance: Issuance) => Promise<IssuedToken>) & {
  /** The id of its signing key. Undefined if another system issues the token. */
  readonly keyId?: string
  /** The most characters that the token can have. Absent if another system issues the token. */
  readonly measure?: (issuance: Issuance) => number
}

/**
 * Returns the mint for a resource at a moment. It is called before a subject token is marked as
 * used. Throws `Unavailable` if no token can be issued for the resource, also because every key is
 * revoked.
 */
export type FindMint = (
  resource: Resource,
  at: number,
  isRevokedKey?: (keyId: string) => boolean,
) => Mint

/** What one exchange asks of its surroundings. */
export type ExchangePorts = {
  readonly clock: Clock
  readonly newDecisionId: NewDecisionId
  readonly sha256: Sha256
  readonly loadTrust: LoadTrust
  readonly refreshKeys: RefreshKeys
  /** The keys that verify tokens of this gateway. */
  readonly keyRing: KeyRing
  readonly loadRevocations: LoadRevocations
  readonly verifySignature: VerifySignature
  readonly claimReplay: ClaimReplay
  readonly spendBudget: SpendBudget
  readonly claimProof: ClaimProof
  /** Of proofs for the token endpoint. */
  readonly checkNonce: CheckNonce
  /** Absent if the deployment keeps no status lists. */
  readonly takeStatusIndex?: TakeStatusIndex | undefined
  /** Absent if the deployment has no rate limit by subject. */
  readonly admitSubject?: AdmitSubject | undefined
  /** Undefined if the gateway has no usable signing key. */
  readonly findMint: FindMint | undefined
  readonly record: RecordDecision
  /** Whether `record` can make a record durable. */
  readonly keepsRecords: boolean
}

/** The part that keeps the records of decisions. */
export const DECISION_LOG = 'decision_log'

/**
 * A dependency cannot be reached and no usable copy is left. The answer is 503 with `Retry-After`.
 */
export class Unavailable extends Error {
  /** The unavailable part: a fixed name that is safe to log and to show in `/health`. */
  readonly part: string

  constructor(part: string, options?: { readonly cause?: unknown }) {
    super(`${part} is unavailable`, options)
    this.name = 'Unavailable'
    this.part = part
  }
}
