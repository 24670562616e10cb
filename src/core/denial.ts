/**
 * Every refusal of the gateway and its form on the wire, as one table: the reason (which is also
 * the field of the decision record and the anchor in docs/errors.md), the OAuth error and the public
 * sentence. The sentence says the class of reason and no more; the details of a rule are in
 * `explanation`.
 */
import type { OAuthErrorCode } from '../protocol/oauth.ts'
import type { UnrenderableTemplate } from '../protocol/template-fault.ts'
import { fail } from '../web/result.ts'
import type { RuleTrace } from './policy/decide/trace.ts'

export type OAuthError = {
  readonly error: OAuthErrorCode
  readonly status: 400 | 401 | 413 | 415 | 429
}

/** Denials whose error depends on the grant: a bad assertion, and a decision by the rules. */
export type GrantErrors = Readonly<Record<'assertion' | 'decision', OAuthError>>

type DenialRow = {
  readonly description: string
  readonly error: OAuthError | keyof GrantErrors
}

/** In sentences: a grant with another name for its assertion has that name in its place. */
export const SUBJECT_TOKEN = 'subject token'
const NOT_ACCEPTED = `the ${SUBJECT_TOKEN} was not accepted`
/**
 * One sentence for every caller outside a rule's tenant. Otherwise a stranger could learn which
 * rules exist (EXC-10). The decision log has the reason.
 */
const NOT_ALLOWED =
  'no trust rule allows this request; to find out why, give the decision_id to an administrator of this gateway'

function row(error: OAuthErrorCode, description: string, status: OAuthError['status'] = 400) {
  return { error: { error, status }, description } as const
}

/** Of the assertion: the grant says which error that is. */
function badAssertion(description: string = NOT_ACCEPTED) {
  return { error: 'assertion', description } as const
}

/** A decision by the rules: the grant says which error that is. */
const NOT_ALLOWED_ROW = { error: 'decision', description: NOT_ALLOWED } as const

/** RFC 8693 §2.2.2 and RFC 8707 §2 fix `invalid_target`, RFC 6749 §5.2 the others. */
export const DENIALS = {
  // The request itself.
  content_type_unsupported: row(
    'invalid_request',
    'the body must be application/x-www-form-urlencoded',
    415,
  ),
  body_too_large: row('invalid_request', 'the request body is too large', 413),
  body_malformed: row('invalid_request', 'the body is not a valid form'),
  parameter_repeated: row('invalid_request', 'a parameter is repeated'),
  parameter_missing: row('invalid_request', 'a required parameter is missing'),
  parameter_invalid: row('invalid_request', 'a parameter has an invalid value'),
  parameter_unsupported: row('invalid_request', 'a parameter is not supported'),
  token_type_unsupported: row('invalid_request', 'a token type is not supported'),
  grant_type_unsupported: row('unsupported_grant_type', 'the grant type is not supported'),
  client_authentication_unsupported: row(
    'invalid_client',
    `client secrets and assertions are not accepted, the ${SUBJECT_TOKEN} is the proof: remove it`,
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
  target_missing: row('invalid_target', 'a resource is required'),
  target_invalid: row('invalid_target', 'the resource must be an absolute URI without a fragment'),
  target_ambiguous: row('invalid_target', 'one token is for one resource'),
  scope_malformed: row('invalid_scope', 'the scope is malformed'),

  // Too much of it, by address (`at: address`) or by subject (`at: subject`).
  rate_limited: row('temporarily_unavailable', 'too many requests, try again later', 429),

  // The subject token, before it is proven: the class of reason alone.
  token_malformed: badAssertion(),
  token_too_large: badAssertion(),
  algorithm_not_allowed: badAssertion(),
  key_unknown: badAssertion(),
  issuer_keys_unusable: badAssertion(),
  signature_invalid: badAssertion(),
  issuer_not_trusted: badAssertion(`the issuer of the ${SUBJECT_TOKEN} is not trusted here`),

  // The subject token, once its signature holds.
  token_kind_not_accepted: badAssertion(),
  audience_mismatch: badAssertion(`the ${SUBJECT_TOKEN} is meant for another audience`),
  token_expired: badAssertion(`the ${SUBJECT_TOKEN} has expired`),
  token_not_yet_valid: badAssertion(`the ${SUBJECT_TOKEN} is not valid yet`),
  token_lifetime_exceeded: badAssertion(),
  claim_missing: badAssertion(),
  claim_invalid: badAssertion(),
  token_bound: badAssertion(),

  // The decision.
  resource_unknown: row('invalid_target', 'the resource is not known here'),
  no_rule_matched: NOT_ALLOWED_ROW,
  rule_denied: NOT_ALLOWED_ROW,
  scope_not_granted: row('invalid_scope', 'the scope is not granted'),
  template_unrenderable: NOT_ALLOWED_ROW,
  token_used: badAssertion(`the ${SUBJECT_TOKEN} has been used already`),

  // Revocation and introspection.
  caller_unauthenticated: row('invalid_token', 'a token of this gateway is required', 401),
  token_of_another_client: row('unauthorized_client', 'the token was issued to another client'),
  nothing_to_revoke: row('invalid_request', 'nothing was revoked'),
} as const satisfies Record<string, DenialRow>

export type DenialReason = keyof typeof DENIALS

export type Denial = {
  readonly reason: DenialReason
  /** The parameter, claim, template or limit at fault: always one of our names, never input. */
  readonly at?: string
  /** For the log: the template that does not render, and why. */
  readonly template?: UnrenderableTemplate
  /** What the rules said, for the log and for callers of the rule's tenant. */
  readonly trace?: readonly RuleTrace[]
}

export function deny(denial: Denial): { readonly ok: false; readonly error: Denial } {
  return fail(denial)
}
