/**
 * A verified identity: the claims of a subject token after every check. Only `sealIdentity` creates
 * one, so a rule cannot be given unverified claims. Functions here read claims by path, own members
 * only. They treat a value that no rule should trust as absent.
 */
import { type JsonObject, readPath } from '../../web/json.ts'
import { MAX_CLAIM_CHARACTERS } from '../limits.ts'

/**
 * How a request presents its token: as a subject token with the type `access_token`, `txn_token` or
 * another, as an authorization grant, or as the authentication of the client.
 */
export type Presentation =
  | ('jwt' | 'access_token' | 'txn_token')
  | ('assertion' | 'client_assertion' | 'jwt_svid')

/** What an ID-JAG or a Txn-Token allows at most: see `allowance.ts`. */
export type Allowance = {
  /** The client that the identity provider issued it to. Undefined for a Txn-Token. */
  readonly clientId: string | undefined
  /** The only resources that it allows. Undefined if it has no such limit. */
  readonly resources: readonly string[] | undefined
  /** The only scopes that it allows. Undefined if it has no such limit. */
  readonly scopes: readonly string[] | undefined
}

declare const verified: unique symbol

export type VerifiedIdentity = {
  readonly [verified]: true
  readonly issuer: string
  readonly subject: string
  readonly tokenId: string | undefined
  /** Epoch seconds. */
  readonly expiresAt: number
  readonly claims: JsonObject
  /** Undefined unless the token is an ID-JAG or a Txn-Token. */
  readonly allowance?: Allowance | undefined
}

/**
 * Creates a verified identity. Only `verify` and, for tokens of this gateway, `own-subject.ts` may
 * call it, after their last check.
 */
export function sealIdentity(facts: Omit<VerifiedIdentity, typeof verified>): VerifiedIdentity {
  // The brand exists only in the type.
  return Object.freeze(facts) as VerifiedIdentity
}

/**
 * A value that contains one of these could look like another value, so no rule reads it (CLM-11).
 */
const UNREADABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u

/**
 * Returns the claim at a path, or undefined if it is absent, null or empty. A missing claim must
 * not make a rule match, not even a negated condition (RULE-02).
 */
export function readClaim(claims: JsonObject, path: readonly string[]): unknown {
  const value = readPath(claims, path)
  return value === null || value === '' ? undefined : value
}

/**
 * Returns a claim that may be compared or rendered: readable text, an exact number or a boolean.
 */
export function readScalar(
  claims: JsonObject,
  path: readonly string[],
): string | number | boolean | undefined {
  return readElement(readClaim(claims, path))
}

/** Checks one element of a list in the same way. */
export function readElement(value: unknown): string | number | boolean | undefined {
  if (value === '') return undefined
  if (typeof value === 'string') return isReadableText(value) ? value : undefined
  // Above 2^53, two different ids parse to the same number, so both count as absent (CLM-13).
  if (typeof value === 'number')
    return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined
  return typeof value === 'boolean' ? value : undefined
}

export function isReadableText(value: string): boolean {
  return value.length <= MAX_CLAIM_CHARACTERS && !UNREADABLE.test(value)
}
