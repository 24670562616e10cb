/**
 * The revocation snapshot: the revocation log writes it to KV under one key, and the edge reads it.
 * A revocation names one token by its `jti`, or a subject, a rule or an issuer. The last three
 * revoke all tokens issued before a moment. The Worker stores and transports the snapshot.
 */
import type { IssuedTokenClaims, TokenOrigin } from './token.ts'

/** The KV key, present as soon as the log has published. */
export const REVOCATIONS_KEY = 'revocations'

/**
 * Takes the place of the version if there are too many revocations for one value. The value then
 * contains none.
 */
export const REVOCATIONS_ELSEWHERE = 'ask_the_log'

/** The grains that revoke all tokens issued before a moment. */
export const COARSE_GRAINS = ['subject', 'rule', 'issuer'] as const
export type CoarseGrain = (typeof COARSE_GRAINS)[number]

export type RevocationGrain = 'token' | CoarseGrain

export type PublishedRevocations = {
  /** A reader that does not support this version asks the revocation log instead. */
  readonly v: 1
  /** Grows with every change. */
  readonly sequence: number
  /** Epoch seconds. */
  readonly published_at: number
  /**
   * Revoked tokens, by `jti`. The value is the moment, in epoch seconds, after which the entry may
   * be deleted.
   */
  readonly tokens: Readonly<Record<string, number>>
  /**
   * Every token of this grain with an `iat` below `before` is revoked. A reader that does not
   * support a grain must ask the revocation log about every token.
   */
  readonly before: readonly {
    readonly grain: CoarseGrain
    readonly id: string
    readonly before: number
    readonly expires_at: number
  }[]
}

/** The claims of an issued token that a revocation can name. */
export type RevocableToken = Pick<IssuedTokenClaims, 'jti' | 'sub' | 'client_id' | 'iat'> & {
  readonly origin: Pick<TokenOrigin, 'iss' | 'sub'>
}

/**
 * Returns the values by which a coarse revocation can name this token: the rule in `client_id`, the
 * URL of the issuer, and the `sub` of the token or of its subject token.
 */
export function coarseNamesOf({
  sub,
  client_id: rule,
  origin,
}: RevocableToken): readonly (readonly [CoarseGrain, string])[] {
  return [
    ['subject', sub],
    ['subject', origin.sub],
    ['rule', rule],
    ['issuer', origin.iss],
  ]
}
