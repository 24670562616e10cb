/**
 * The published revocations: the revocation log writes a pointer to KV under one key, and the edge
 * reads it. A revocation names one token by its `jti`, or is coarse: it names a subject, a rule, an
 * issuer, a signing key or everything. A coarse one revokes all tokens issued before a moment, and
 * can stop issuing. Revoked tokens are published as sorted prefixes of hashes: the newest in the
 * pointer, the others in segments that never change.
 */
import { ancestorsOf, type IssuedTokenClaims, readActors, type TokenOrigin } from './token.ts'

/** The KV key of the pointer, present as soon as the log has published. */
export const REVOCATIONS_KEY = 'revocations'

/** Returns the KV key of a segment. */
export function segmentKeyOf(digest: string): string {
  return `${REVOCATIONS_KEY}/${digest}`
}

/**
 * The length of one token in a published set: the first bytes of the SHA-256 of its `jti`. Among
 * two million revoked tokens, another token has a prefix of the set with a probability of 1 in 9
 * million million. The revocation log confirms each hit.
 */
export const PREFIX_BYTES = 8

/**
 * Takes the place of the version if there are too many revocations for one value. The value then
 * contains none.
 */
export const REVOCATIONS_ELSEWHERE = 'ask_the_log'

/** The grains that revoke all tokens issued before a moment. */
export const COARSE_GRAINS = ['subject', 'rule', 'issuer', 'key', 'all'] as const
export type CoarseGrain = (typeof COARSE_GRAINS)[number]

/** The id of the grain `all`. */
export const EVERYTHING = '*'

/** A coarse revocation as it is published. */
export type CoarseBound = {
  readonly grain: CoarseGrain
  readonly id: string
  /** Every token with an `iat` below this is revoked. Epoch seconds. */
  readonly before: number
  readonly expires_at: number
  /** Whether no token is issued until `expires_at`. */
  readonly stops?: true | undefined
}

type Published = {
  /** Grows with every change. */
  readonly sequence: number
  /** Epoch seconds. */
  readonly published_at: number
  /** A reader that does not support a grain must ask the revocation log about every token. */
  readonly before: readonly CoarseBound[]
}

/** Immutable content: the prefixes of `count` tokens in ascending order. */
export type PublishedSegment = {
  /** SHA-256 of the content, in lower-case hex. */
  readonly digest: string
  readonly count: number
}

/** What the log publishes. A reader of an earlier release does not read its version, and asks the log. */
export type RevocationPointer = Published & {
  readonly v: 2
  readonly segments: readonly PublishedSegment[]
  /** The prefixes of the tokens that are in no segment, in ascending order. Base64url. */
  readonly recent: string
}

/** What earlier releases publish: all revocations in one value. */
export type PublishedRevocations = Published & {
  readonly v: 1
  /**
   * Revoked tokens, by `jti`. The value is the moment, in epoch seconds, after which the entry may
   * be deleted.
   */
  readonly tokens: Readonly<Record<string, number>>
}

/** The claims of an issued token that a revocation can name. */
export type RevocableToken = Pick<
  IssuedTokenClaims,
  'jti' | 'sub' | 'client_id' | 'iat' | 'anc' | 'act'
> & {
  readonly origin: Pick<TokenOrigin, 'iss' | 'sub'>
  /** The key that signed it. Undefined for an ancestor that an earlier release has written. */
  readonly kid: string | undefined
}

const NOBODY = { iss: '', sub: '' } as const

/**
 * Returns the token and its ancestors, each without ancestors of its own. A revocation of one of
 * them revokes the token (REV-05). Subject and origin are the same along a chain. An actor's token has
 * an origin of its own, and a coarse revocation names its subject by the claim `act`.
 */
export function lineageOf(token: RevocableToken): readonly RevocableToken[] {
  const { jti, client_id, iat, origin, act, kid } = token
  const subject = { sub: token.sub, origin: { iss: origin.iss, sub: origin.sub } }
  const own = { jti, client_id, iat, kid, ...subject, ...(act === undefined ? {} : { act }) }
  const ancestors = ancestorsOf(token).map((one) => ({
    jti: one.jti,
    client_id: one.client_id,
    iat: one.iat,
    kid: one.kid,
    ...(one.actor === true ? { sub: '', origin: one.origin ?? NOBODY } : subject),
  }))
  return [own, ...ancestors]
}

/** A grain and an id. Without an id, every revocation of the grain is meant. */
export type CoarseName = readonly [grain: CoarseGrain, id: string | undefined]

/**
 * Returns the values by which a coarse revocation can name this token: the rule in `client_id`, the
 * URL of the issuer, the `sub` of the token or of its subject token, the same of each actor, and the
 * key that signed it. A token whose key is unknown is revoked with any key.
 */
export function coarseNamesOf({
  sub,
  client_id: rule,
  origin,
  act,
  kid,
}: RevocableToken): readonly CoarseName[] {
  return [
    ['subject', sub],
    ['subject', origin.sub],
    ['rule', rule],
    ['issuer', origin.iss],
    ...(readActors(act) ?? []).flatMap((actor): readonly CoarseName[] => [
      ['subject', actor.sub],
      ['issuer', actor.iss],
    ]),
    ['key', kid],
    ['all', EVERYTHING],
  ]
}
