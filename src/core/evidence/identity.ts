/**
 * A verified identity: the claims of a subject token after every check. The seal cannot be made
 * elsewhere, so a rule cannot be given claims that nobody proved. Claims are read by path through
 * here, own members only, and a value that no rule should trust counts as absent.
 */
import { isJsonObject, type JsonObject, readMember } from '../../web/json.ts'
import { MAX_CLAIM_CHARACTERS } from '../limits.ts'

declare const verified: unique symbol

export type VerifiedIdentity = {
  readonly [verified]: true
  readonly issuer: string
  readonly subject: string
  readonly tokenId: string | undefined
  /** Epoch seconds. */
  readonly expiresAt: number
  readonly claims: JsonObject
}

/** Called by `verify` after its last check, and by nobody else. */
export function sealIdentity(facts: Omit<VerifiedIdentity, typeof verified>): VerifiedIdentity {
  // The brand exists in the type alone.
  return Object.freeze(facts) as VerifiedIdentity
}

/** A value that holds one of these could look like another value, so no rule reads it (CLM-11). */
const UNREADABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u

/**
 * The claim at a path; undefined where it is absent, null or empty. A rule must not match, negated
 * or not, because of a claim that is missing (RULE-02).
 */
export function readClaim(claims: JsonObject, path: readonly string[]): unknown {
  let value: unknown = claims
  for (const name of path) {
    if (!isJsonObject(value)) return undefined
    value = readMember(value, name)
  }
  return value === null || value === '' ? undefined : value
}

/** A claim that may be compared or rendered: text without tricks, an exact number, a boolean. */
export function readScalar(
  claims: JsonObject,
  path: readonly string[],
): string | number | boolean | undefined {
  return readElement(readClaim(claims, path))
}

/** The same for one element of a list. */
export function readElement(value: unknown): string | number | boolean | undefined {
  if (value === '') return undefined
  if (typeof value === 'string') return isReadableText(value) ? value : undefined
  // Above 2^53 two different ids parse to the same number, so neither can be read (CLM-13).
  if (typeof value === 'number')
    return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined
  return typeof value === 'boolean' ? value : undefined
}

export function isReadableText(value: string): boolean {
  return value.length <= MAX_CLAIM_CHARACTERS && !UNREADABLE.test(value)
}
