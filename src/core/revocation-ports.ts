/** The external functions that tell and store which tokens are revoked. */
import type { CoarseBound, CoarseName, RevocableToken } from '../protocol/revocations.ts'

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
