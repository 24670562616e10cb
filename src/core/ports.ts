/**
 * The external functions that the core needs, as types. The Worker provides the real ones and tests
 * provide simple ones. Both run the same contract tests. `use-ports.ts`, `revocation-ports.ts` and
 * `issuance.ts` have those of one subject each.
 */
import type { VerifySignature } from '../web/signature.ts'
import type { DecisionEvent } from './audit.ts'
import type { DecisionEvidence } from './decisions/build-record.ts'
import type { FindMint, TakeStatusIndex } from './issuance.ts'
import type { IssuerKeys } from './keys/issuer-keys.ts'
import type { LoadRevocations } from './revocation-ports.ts'
import type { KeyRing } from './tokens/keyring.ts'
import type { TrustView } from './trust-view.ts'
import type { ClaimProof, ClaimReplay, SpendBudget } from './use-ports.ts'

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
