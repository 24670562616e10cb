/** What is issued, and the external functions that issue it: mints, and the index of a status list. */
import type { StatusPosition } from '../protocol/status/status-list.ts'
import type { ActorClaim, Confirmation, TokenAncestor, TokenOrigin } from '../protocol/token.ts'
import type { JsonObject } from '../web/json.ts'
import type { VerifiedIdentity } from './evidence/identity.ts'
import type { Resource } from './policy/compile/compiled.ts'

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
