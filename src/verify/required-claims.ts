/**
 * Checks the claims that an API requires in addition to scopes, such as the repository of a job. The
 * comparison is exact: the string "1" is not the number 1, case matters, and a list in a token never
 * matches.
 */
import { isJsonObject, readMember } from '../web/json.ts'
import type { VerifiedToken } from './claims.ts'
import { demand } from './demand.ts'
import { invalidToken } from './verification-error.ts'

/** A value that a claim can be compared with. */
export type ClaimValue = string | number | boolean

/**
 * Claims that a token must have, each with one value or a list of accepted values.
 *
 * @example
 * const claims: RequiredClaims = { repository: 'acme/api', client_id: ['deploy', 'rollback'] }
 */
export type RequiredClaims = Readonly<Record<string, ClaimValue | readonly ClaimValue[]>>

export type ClaimRequirement = { readonly name: string; readonly accepted: readonly ClaimValue[] }

/** Claims that the verifier checks itself. A second check of these would be a mistake. */
const OWN_CLAIMS = ['iss', 'aud', 'exp', 'nbf', 'iat', 'scope', 'cnf']

/** Checks the option `claims`. Throws `TypeError` if it is wrong. */
export function parseRequiredClaims(
  claims: RequiredClaims | undefined,
): readonly ClaimRequirement[] {
  if (claims === undefined) return []
  demand(isJsonObject(claims), 'claims must be an object of claim names and values')
  return Object.freeze(Object.entries(claims).map(parseRequirement))
}

function parseRequirement([name, value]: [string, unknown]): ClaimRequirement {
  demand(!OWN_CLAIMS.includes(name), `claims cannot contain "${name}": the verifier checks it`)
  const accepted: readonly unknown[] = Array.isArray(value) ? value : [value]
  // An empty list or an undefined value would refuse every token.
  demand(
    accepted.length > 0 && accepted.every(isClaimValue),
    `claims.${name} must be a string, a number, a boolean, or a list of these`,
  )
  return Object.freeze({ name, accepted: Object.freeze([...accepted]) })
}

function isClaimValue(value: unknown): value is ClaimValue {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value === 'boolean' || (typeof value === 'string' && value !== '')
}

/**
 * Throws `invalid_token` if a claim does not match (RFC 6750 §3.1). The answer is the same as for a
 * forged token, so that a caller does not learn which claim is required.
 */
export function checkRequiredClaims(
  token: VerifiedToken,
  required: readonly ClaimRequirement[],
): void {
  for (const { name, accepted } of required) {
    const value = readMember(token.claims, name)
    if (!accepted.some((one) => one === value)) throw invalidToken('claim_mismatch')
  }
}
