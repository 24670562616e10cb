/**
 * Claims that an API demands beyond scopes, such as the repository a job runs for. Values are
 * compared by type and case: the text "1" is not the number 1, and a list in a token equals nothing.
 */
import { isJsonObject, readMember } from '../web/json.ts'
import type { VerifiedToken } from './claims.ts'
import { demand } from './demand.ts'
import { invalidToken } from './verification-error.ts'

/** What a claim may be compared with. */
export type ClaimValue = string | number | boolean

/**
 * Claims a token must have: one value each, or a list of which one must be there.
 *
 * @example
 * const claims: RequiredClaims = { repository: 'acme/api', client_id: ['deploy', 'rollback'] }
 */
export type RequiredClaims = Readonly<Record<string, ClaimValue | readonly ClaimValue[]>>

export type ClaimRequirement = { readonly name: string; readonly accepted: readonly ClaimValue[] }

/** What the verifier judges by itself; a second opinion on these would only be a mistake. */
const OWN_CLAIMS = ['iss', 'aud', 'exp', 'nbf', 'iat', 'scope', 'cnf']

/** Throws `TypeError`. */
export function parseRequiredClaims(
  claims: RequiredClaims | undefined,
): readonly ClaimRequirement[] {
  if (claims === undefined) return []
  demand(isJsonObject(claims), 'claims must be an object of claim names and values')
  return Object.freeze(Object.entries(claims).map(parseRequirement))
}

function parseRequirement([name, value]: [string, unknown]): ClaimRequirement {
  demand(!OWN_CLAIMS.includes(name), `claims cannot hold "${name}": another option checks it`)
  const accepted: readonly unknown[] = Array.isArray(value) ? value : [value]
  // An empty list would refuse everybody, an absent value whoever left it out by mistake.
  demand(
    accepted.length > 0 && accepted.every(isClaimValue),
    `claims.${name} must be a text, a number, a boolean, or a list of these`,
  )
  return Object.freeze({ name, accepted: Object.freeze([...accepted]) })
}

function isClaimValue(value: unknown): value is ClaimValue {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value === 'boolean' || (typeof value === 'string' && value !== '')
}

/**
 * Throws `invalid_token`: to a caller, a token that is meant for another purpose is as useless as
 * a forged one, and which claim was asked for is nobody's business (RFC 6750 §3.1).
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
