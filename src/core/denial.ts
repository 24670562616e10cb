/**
 * All denials of the gateway: the facts for the log (`Arms`), and the OAuth error and public
 * sentence of the answer (`DENIALS`). The sentence gives only the general reason. The details of a
 * rule are in `explanation`.
 *
 * To add a denial, write its arm in `Arms`, its row in `DENIALS`, its paragraph in docs/errors.md
 * and its vector in test/vectors/denials.json. The compiler and `denials.vectors.test.ts` report
 * what is missing.
 */
import type { DpopFault } from '../protocol/dpop/check-proof.ts'
import type { OAuthErrorCode } from '../protocol/oauth.ts'
import type { UnrenderableTemplate } from '../protocol/template-fault.ts'
import { fail } from '../web/result.ts'
import type { JsonFault } from './evidence/strict-json.ts'
import type { LoggableAlgorithm, LoggableType } from './loggable.ts'
import type { ReplayMode } from './policy/compile/compiled.ts'
import type { RuleTrace } from './policy/decide/trace.ts'

/**
 * The facts of a denial, by reason: names and numbers of this deployment, numbers in the token, and
 * hashes.
 */
type Arms = {
  content_type_unsupported: Bare
  body_too_large: Facts<{ limit: number }>
  body_malformed: Bare
  /** Without `at` if the parameter is unknown. */
  parameter_repeated: Partial<At>
  parameter_missing: At
  parameter_invalid: At & Partial<Facts<Size>>
  parameter_unsupported: At
  parameter_of_another_grant: At
  token_type_unsupported: At
  grant_type_unsupported: Bare
  client_authentication_unsupported: At
  client_authentication_refused: Bare
  client_ambiguous: Bare
  client_assertion_missing: At<'client_assertion' | 'client_assertion_type'>
  client_assertion_type_unsupported: Bare
  trust_domain_missing: Bare
  client_mismatch: Bare
  /** How many resources the matching rules grant: none, or several. */
  target_missing: Facts<{ targets: number }>
  target_invalid: At<'resource'> & Facts<Size>
  /** How many different resources were named. */
  target_ambiguous: Facts<{ targets: number }>
  /** With facts if there are too many scopes. */
  scope_malformed: Partial<Facts<Size>>
  rate_limited: At<'address' | 'subject'>
  token_malformed:
    | At<'compact_form' | 'base64url' | `header.${string}`>
    | (At<JsonFault> & Facts<{ part: 'header' | 'claims' }>)
  token_too_large: At<'token' | 'header'> & Facts<Size>
  /** The algorithms of the issuer's provider, once the issuer is known. */
  algorithm_not_allowed: Facts<{ alg: LoggableAlgorithm; allowed?: readonly string[] }>
  /** `keys`: how many usable keys the issuer has. */
  key_unknown: Facts<KeyFacts & { keys: number }>
  issuer_keys_unusable: Bare
  signature_invalid: Facts<KeyFacts>
  issuer_not_trusted: Facts<
    { iss: 'missing' | 'mismatch' } | { iss: 'unknown'; searched: 'document' | 'policy' }
  >
  token_kind_not_accepted: Facts<{ typ: LoggableType; accepted: readonly (string | null)[] }>
  /** `audiences`: how many the token has. */
  audience_mismatch: Facts<{ expected: string; audiences: number }>
  /** Without `exp` for an expired token of this gateway. */
  token_expired: Facts<{ exp?: number; now: number }>
  token_not_yet_valid: Facts<{ iat: number; now: number } | { nbf: number; now: number }>
  token_lifetime_exceeded: Facts<{ lifetimeSeconds: number; maxLifetimeSeconds: number }>
  claim_missing: At
  claim_invalid: At<
    | ('exp' | 'iat' | 'nbf' | 'sub' | 'jti' | 'anc')
    | ('client_id' | 'resource' | 'scope' | 'authorization_details')
  > &
    Facts<{
      expected:
        | ('numeric_date' | 'text' | 'spiffe_id' | 'equal_to_other_claims' | 'ancestors')
        | ('resource_uri' | 'scope' | 'absent')
    }>
  token_bound: Bare
  token_revoked: Bare
  admin_token: Bare
  chain_too_long: Facts<Size>
  target_exceeds_assertion: Facts<{ resourceHash: string | null }>
  scope_exceeds_assertion: Bare
  /** The rule that granted the subject token or one of its ancestors. */
  granting_rule_ended: Facts<{ rule: string }>
  resource_left: Bare
  resource_unknown: Facts<{ resourceHash: string | null }>
  no_rule_matched: Traced
  rule_denied: Traced & Facts<{ rule: string }>
  /** The requested scopes that the resource has, and how many it does not have. */
  scope_not_granted: Traced & Facts<{ scopes: readonly string[]; unknownScopes: number }>
  template_unrenderable: Traced & At & { readonly template: UnrenderableTemplate }
  token_used: Facts<{ replay: ReplayMode }>
  status_list_full: Bare
  /** `per`: the claim that names the job. */
  budget_exceeded: Facts<{ per: string; grants: number }>
  dpop_proof_invalid: At<DpopFault>
  dpop_nonce_required: Facts<{ nonce: 'missing' | 'unknown' }>
  dpop_proof_missing: Bare
  dpop_proof_unsupported: Bare
  dpop_proof_replayed: Bare
  caller_unauthenticated: Bare
  token_of_another_client: Bare
  nothing_to_revoke: At<'token_expired' | 'token_unknown'>
}

type Bare = object
/**
 * The parameter, claim, template or limit at fault. It is always a known name, never a text from
 * the request.
 */
type At<Name extends string = string> = { readonly at: Name }
/** Facts for the log only. */
type Facts<Values> = { readonly facts: Readonly<Values> }
/** The trace of the rules, for the log and for callers that belong to the rule's tenant. */
type Traced = { readonly trace: readonly RuleTrace[] }
type Size = { length: number; limit: number }
type KeyFacts = { alg: LoggableAlgorithm; keyIdHash: string | null }

export type DenialReason = keyof Arms

export type Denial = {
  [Reason in DenialReason]: { readonly reason: Reason } & Arms[Reason]
}[DenialReason]

/** What the log contains for a denial besides its reason and the name at fault. */
export type DenialFacts = Extract<Denial, Facts<unknown>>['facts']

export type OAuthError = {
  readonly error: OAuthErrorCode
  readonly status: 400 | 401 | 413 | 415 | 429
}

/** Denials whose error depends on the grant: a bad assertion, and a decision by the rules. */
export type GrantErrors = Readonly<Record<'assertion' | 'decision', OAuthError>>

type DenialRow<Reason extends DenialReason> = {
  readonly description: string
  readonly error: OAuthError | keyof GrantErrors
  /** Whether the public sentence ends with the name at fault. Used for mistakes in the request. */
  readonly namesFault?: 'at' extends keyof Arms[Reason] ? true : never
}

/**
 * The word for the assertion in sentences. Another grant type replaces it with its `assertionName`.
 */
export const SUBJECT_TOKEN = 'subject token'
const NOT_ACCEPTED = `the ${SUBJECT_TOKEN} was not accepted`
/**
 * The same sentence for every caller outside a rule's tenant. Otherwise a stranger could find out
 * which rules exist (EXC-10). The decision log has the reason.
 */
const NOT_ALLOWED =
  'no trust rule allows this request; to find out why, give the decision_id to an administrator of this gateway'

function row(error: OAuthErrorCode, description: string, status: OAuthError['status'] = 400) {
  return { error: { error, status }, description } as const
}

/** A row whose sentence ends with the name at fault. */
function naming(error: OAuthErrorCode, description: string) {
  return { ...row(error, description), namesFault: true } as const
}

function badProof(description: string) {
  return row('invalid_dpop_proof', description)
}

/** A row for an invalid assertion. The grant type determines the error. */
function badAssertion(description: string = NOT_ACCEPTED) {
  return { error: 'assertion', description } as const
}

/** A row for a decision by the rules. The grant type determines the error. */
const NOT_ALLOWED_ROW = { error: 'decision', description: NOT_ALLOWED } as const

/**
 * The wire form of each denial. RFC 8693 §2.2.2 and RFC 8707 §2 define `invalid_target`, and RFC
 * 6749 §5.2 defines the other codes.
 */
export const DENIALS = {
  // The request.
  content_type_unsupported: row(
    'invalid_request',
    'the body must be application/x-www-form-urlencoded',
    415,
  ),
  body_too_large: row('invalid_request', 'the request body is too large', 413),
  body_malformed: row('invalid_request', 'the body is not a valid form'),
  parameter_repeated: naming('invalid_request', 'a parameter is repeated'),
  parameter_missing: naming('invalid_request', 'a required parameter is missing'),
  parameter_invalid: naming('invalid_request', 'a parameter has an invalid value'),
  parameter_unsupported: naming('invalid_request', 'a parameter is not supported'),
  parameter_of_another_grant: naming(
    'invalid_request',
    'a parameter belongs to another grant type',
  ),
  token_type_unsupported: naming('invalid_request', 'a token type is not supported'),
  grant_type_unsupported: row('unsupported_grant_type', 'the grant type is not supported'),
  client_authentication_unsupported: naming(
    'invalid_client',
    `client secrets and further assertions are not accepted, the ${SUBJECT_TOKEN} is the proof: remove it`,
  ),
  client_authentication_refused: row(
    'invalid_client',
    `client authentication is not accepted, the ${SUBJECT_TOKEN} is the proof: remove the secret or the header`,
    401,
  ),
  client_ambiguous: row(
    'invalid_request',
    'client_id and the Authorization header name different clients',
  ),
  client_assertion_missing: {
    ...badAssertion('the client must authenticate with a client assertion and its type'),
    namesFault: true,
  },
  client_assertion_type_unsupported: badAssertion(
    'the type of the client assertion is not supported',
  ),
  target_missing: row('invalid_target', 'a resource is required'),
  target_invalid: row('invalid_target', 'the resource must be an absolute URI without a fragment'),
  target_ambiguous: row('invalid_target', 'one token is for one resource'),
  scope_malformed: row('invalid_scope', 'the scope is malformed'),

  // Rate limits, by address (`at: address`) or by subject (`at: subject`).
  rate_limited: row('temporarily_unavailable', 'too many requests, try again later', 429),

  // The subject token before its signature is verified. The sentence gives only the general reason.
  token_malformed: badAssertion(),
  token_too_large: badAssertion(),
  algorithm_not_allowed: badAssertion(),
  key_unknown: badAssertion(),
  issuer_keys_unusable: badAssertion(),
  signature_invalid: badAssertion(),
  issuer_not_trusted: badAssertion(`the issuer of the ${SUBJECT_TOKEN} is not trusted here`),

  // The subject token after its signature is verified.
  token_kind_not_accepted: badAssertion(),
  audience_mismatch: badAssertion(`the ${SUBJECT_TOKEN} is meant for another audience`),
  token_expired: badAssertion(`the ${SUBJECT_TOKEN} has expired`),
  token_not_yet_valid: badAssertion(`the ${SUBJECT_TOKEN} is not valid yet`),
  token_lifetime_exceeded: badAssertion(),
  claim_missing: badAssertion(),
  claim_invalid: badAssertion(),
  token_bound: badAssertion(),
  trust_domain_missing: badAssertion(),
  client_mismatch: badAssertion(`client_id does not name the client of the ${SUBJECT_TOKEN}`),

  // A token of this gateway as a subject token.
  token_revoked: badAssertion(),
  admin_token: badAssertion(),
  chain_too_long: badAssertion(`the ${SUBJECT_TOKEN} is the last of its chain`),

  // The decision.
  target_exceeds_assertion: row(
    'invalid_target',
    `the ${SUBJECT_TOKEN} does not allow this resource`,
  ),
  scope_exceeds_assertion: row('invalid_scope', `the ${SUBJECT_TOKEN} does not allow this scope`),
  resource_unknown: row('invalid_target', 'the resource is not known here'),
  no_rule_matched: NOT_ALLOWED_ROW,
  rule_denied: NOT_ALLOWED_ROW,
  granting_rule_ended: NOT_ALLOWED_ROW,
  resource_left: row(
    'invalid_target',
    `the ${SUBJECT_TOKEN} descends from a token for this resource`,
  ),
  scope_not_granted: row('invalid_scope', 'the scope is not granted'),
  template_unrenderable: NOT_ALLOWED_ROW,
  status_list_full: row('invalid_target', 'every status list of the resource is full'),
  token_used: badAssertion(`the ${SUBJECT_TOKEN} has been used already`),
  budget_exceeded: badAssertion(
    `the job of the ${SUBJECT_TOKEN} already has every token that its rule allows`,
  ),

  // Proof of possession (RFC 9449 §5, §8).
  dpop_proof_invalid: naming('invalid_dpop_proof', 'the DPoP proof was not accepted'),
  dpop_nonce_required: row('use_dpop_nonce', 'make a new DPoP proof with the nonce of DPoP-Nonce'),
  dpop_proof_missing: badProof('the resource or the subject token demands a DPoP proof'),
  dpop_proof_unsupported: badProof('no token is bound here: send it without a DPoP proof'),
  dpop_proof_replayed: badProof('the DPoP proof was used before: make a new one'),

  // Revocation and introspection.
  caller_unauthenticated: row('invalid_token', 'a token of this gateway is required', 401),
  token_of_another_client: row('unauthorized_client', 'the token was issued to another client'),
  nothing_to_revoke: naming('invalid_request', 'nothing was revoked'),
} as const satisfies { readonly [Reason in DenialReason]: DenialRow<Reason> }

export function deny(denial: Denial): { readonly ok: false; readonly error: Denial } {
  return fail(denial)
}
