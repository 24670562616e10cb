/**
 * Checks the claims of a token whose signature is valid (RFC 9068 §4): issuer, audience, times,
 * subject, scopes and actors. Only top-level claims and the current actor say who calls, never a
 * nested actor (RFC 8693 §4.1, PR-12).
 */

import { splitScopes } from '../protocol/scope.ts'
import { type ActorName, readActors } from '../protocol/token.ts'
import { type JsonObject, readMember } from '../web/json.ts'
import { MAX_NUMERIC_DATE } from './limits.ts'
import { invalidToken, VerificationError } from './verification-error.ts'

/**
 * The identity of the caller, from a token that has passed every check.
 *
 * @example
 * const { subject, scopes } = await verifier.verifyRequest(request)
 */
export type VerifiedToken = {
  /** The caller, or the one that it acts for: the `sub` that the trust rule set. */
  readonly subject: string
  /**
   * Who acts for the subject, the current actor first. Empty if the subject acts for itself. The
   * others acted before: use them for logs, and never for access.
   */
  readonly actors: readonly ActorName[]
  /** What the caller may do. May be empty. */
  readonly scopes: readonly string[]
  /** The name of the trust rule that granted the token. */
  readonly clientId: string
  /** Every claim of the token, as signed. */
  readonly claims: Readonly<Record<string, unknown>>
  /** Epoch seconds. */
  readonly expiresAt: number
}

type Expected = {
  readonly issuer: string
  readonly audience: string
  readonly clockSkewSeconds: number
}

/** Throws `invalid_token` with the reason of the first check that fails. */
export function checkClaims(claims: JsonObject, expected: Expected, at: number): VerifiedToken {
  if (readMember(claims, 'iss') !== expected.issuer) throw invalidToken('issuer_not_trusted')
  if (!isMeantFor(readMember(claims, 'aud'), expected.audience)) {
    throw invalidToken('audience_mismatch')
  }
  const expiresAt = checkTimes(claims, expected.clockSkewSeconds, at)
  readText(claims, 'jti')
  return Object.freeze({
    subject: readText(claims, 'sub'),
    actors: readChain(claims),
    scopes: readScopes(claims),
    clientId: readText(claims, 'client_id'),
    claims: Object.freeze(claims),
    expiresAt,
  })
}

/**
 * Throws `insufficient_scope`, which is 403 in RFC 6750 §3.1, unless every scope is present
 * (PR-10).
 */
export function checkScopes(token: VerifiedToken, needed: readonly string[]): void {
  if (needed.every((scope) => token.scopes.includes(scope))) return
  throw new VerificationError('insufficient_scope', 'scope_missing')
}

/** Whether an API accepts tokens of an actor: it must have one, must not, or may. */
export type ActorNeed = 'required' | 'forbidden' | 'optional'

/** Refuses a token with `invalid_token` (401): no scope would help. */
export function checkActor({ actors }: VerifiedToken, need: ActorNeed): void {
  if (need === 'required' && actors.length === 0) throw invalidToken('actor_missing')
  if (need === 'forbidden' && actors.length > 0) throw invalidToken('actor_forbidden')
}

function readChain(claims: JsonObject): VerifiedToken['actors'] {
  const actors = readActors(readMember(claims, 'act'))
  // Otherwise a token whose actor cannot be read would look like one of the subject itself.
  if (actors === undefined) throw invalidToken('claim_invalid')
  return Object.freeze(actors)
}

function isMeantFor(aud: unknown, audience: string): boolean {
  return Array.isArray(aud) ? aud.includes(audience) : aud === audience
}

/**
 * Checks `exp`, `iat` and `nbf`, and returns `exp`. Fractions are rounded so that they never extend
 * the lifetime (CLM-02).
 */
function checkTimes(claims: JsonObject, skewSeconds: number, at: number): number {
  const exp = Math.floor(readDate(claims, 'exp'))
  const iat = Math.ceil(readDate(claims, 'iat'))
  const nbf = Object.hasOwn(claims, 'nbf') ? Math.ceil(readDate(claims, 'nbf')) : iat
  // Negated, so that a clock that returns NaN makes every token expired.
  if (!(exp > at - skewSeconds)) throw invalidToken('token_expired')
  if (Math.max(iat, nbf) > at + skewSeconds) throw invalidToken('token_not_yet_valid')
  return exp
}

function readDate(claims: JsonObject, name: string): number {
  const value = readMember(claims, name)
  if (value === undefined) throw invalidToken('claim_missing')
  // JSON has no NaN, but 1e999 parses to Infinity and would never expire.
  if (typeof value !== 'number' || value < 0 || value > MAX_NUMERIC_DATE) {
    throw invalidToken('claim_invalid')
  }
  return value
}

function readText(claims: JsonObject, name: string): string {
  const value = readMember(claims, name)
  if (value === undefined) throw invalidToken('claim_missing')
  if (typeof value !== 'string' || value === '') throw invalidToken('claim_invalid')
  return value
}

function readScopes(claims: JsonObject): readonly string[] {
  const scope = readMember(claims, 'scope') ?? ''
  if (typeof scope !== 'string') throw invalidToken('claim_invalid')
  return Object.freeze(splitScopes(scope))
}
