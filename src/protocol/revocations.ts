/**
 * The published form of the revocations: what the log writes under one key and edge checks read.
 * It has room for the coarser grains (subject, rule, issuer), which mean "issued before".
 */

/** The one key, always present once the log has published. */
export const REVOCATIONS_KEY = 'revocations'

/** In place of a version: the value holds no revocations, because they are too many for it. */
export const REVOCATIONS_ELSEWHERE = 'ask_the_log'

export type RevocationGrain = 'token' | 'subject' | 'rule' | 'issuer'

export type PublishedRevocations = {
  /** A reader that does not know the version asks the log instead. */
  readonly v: 1
  /** Grows with every change. */
  readonly sequence: number
  /** Epoch seconds. */
  readonly published_at: number
  /** Revoked tokens: `jti` → epoch seconds after which the entry may be forgotten. */
  readonly tokens: Readonly<Record<string, number>>
  /** Everything of this grain that was issued before `before` is revoked. */
  readonly before: readonly {
    readonly grain: Exclude<RevocationGrain, 'token'>
    readonly id: string
    readonly before: number
    readonly expires_at: number
  }[]
}
