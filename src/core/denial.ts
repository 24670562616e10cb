/**
 * All denials of the gateway: their OAuth error and public sentence (`DENIALS`). The sentence gives
 * only the general reason. The details of a rule are in `explanation`.
 *
 * To add a denial, write its arm in `denial-arms.ts`, its row in `DENIALS`, its paragraph in
 * docs/errors.md and its vector in test/vectors/denials.json. The compiler and
 * `denials.vectors.test.ts` report what is missing.
 */
import type { OAuthErrorCode } from '../protocol/oauth.ts'
import { fail } from '../web/result.ts'
import type { Arms, Facts } from './denial-arms.ts'

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
const ACTOR_NOT_ACCEPTED = 'the actor token was not accepted'
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
  content_encoding_unsupported: row(
    'invalid_request',
    'the body must not have a Content-Encoding',
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

  // The actor token. It has passed the same checks as a subject token, and these.
  actor_is_subject: row('invalid_request', 'the actor token is the subject token'),
  actor_issuer_not_trusted: row(
    'invalid_request',
    'the issuer of the actor token is not trusted here',
  ),
  actor_expired: row('invalid_request', 'the actor token has expired'),
  actor_revoked: row('invalid_request', ACTOR_NOT_ACCEPTED),
  actor_not_accepted: row('invalid_request', ACTOR_NOT_ACCEPTED),
  actor_delegated: row('invalid_request', 'the actor token names an actor of its own'),
  actor_not_named: row(
    'invalid_request',
    `the ${SUBJECT_TOKEN} names another actor in its claim may_act`,
  ),
  actor_chain_too_long: row('invalid_request', 'the token would name too many actors'),
  // Coarse revocations. The sentence does not tell what is revoked.
  subject_token_revoked: badAssertion(`the ${SUBJECT_TOKEN} was revoked: get a new one`),
  issuing_stopped: badAssertion(
    'an administrator has stopped the use of such tokens; to find out why, ask an administrator of this gateway',
  ),

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
  issued_token_too_long: row(
    'invalid_request',
    'the issued token would be too long: request fewer scopes, or give the decision_id to an administrator of this gateway',
  ),
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
