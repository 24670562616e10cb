/**
 * The published form of the revocations: what the log writes under one key and edge checks read.
 * Four grains: one token by its `jti`, and a subject, a rule or an issuer, which mean "issued
 * before a moment". Storage and transport belong to the Worker.
 */
import type { IssuedTokenClaims, TokenOrigin } from './token.ts'

/** The one key, always present once the log has published. */
export const REVOCATIONS_KEY = 'revocations'

/** In place of a version: the value holds no revocations, because they are too many for it. */
export const REVOCATIONS_ELSEWHERE = 'ask_the_log'

/** The grains that mean "issued before". */
export const COARSE_GRAINS = ['subject', 'rule', 'issuer'] as const
export type CoarseGrain = (typeof COARSE_GRAINS)[number]

export type RevocationGrain = 'token' | CoarseGrain

export type PublishedRevocations = {
  /** A reader that does not know the version asks the log instead. */
  readonly v: 1
  /** Grows with every change. */
  readonly sequence: number
  /** Epoch seconds. */
  readonly published_at: number
  /** Revoked tokens: `jti` → epoch seconds after which the entry may be forgotten. */
  readonly tokens: Readonly<Record<string, number>>
  /**
   * Every token of this grain with an `iat` below `before` is revoked. A reader that does not know
   * a grain cannot judge any token: it asks the log about each.
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
 * The values that a coarse revocation may name this token by. A rule is named as `client_id` says
 * it, an issuer by its URL, and a subject by the `sub` of the token or of its subject token.
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
