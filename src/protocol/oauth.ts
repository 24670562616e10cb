/**
 * Names and types of the OAuth protocol that gateway and clients share: URNs of grant and token
 * types (RFC 8693 §3), error codes (RFC 6749 §5.2) and the form of answers. This file contains no
 * logic.
 */

import type { UnrenderableTemplate } from './template-fault.ts'

/** RFC 8693 §2.1. */
export const GRANT_TYPE_TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
/** RFC 7523 §2.1. */
export const GRANT_TYPE_JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
/** RFC 6749 §4.4. */
export const GRANT_TYPE_CLIENT_CREDENTIALS = 'client_credentials'

/** RFC 7523 §2.2. */
export const CLIENT_ASSERTION_TYPE_JWT_BEARER =
  'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** OAuth SPIFFE Client Authentication (draft) §3.1. */
export const CLIENT_ASSERTION_TYPE_JWT_SPIFFE =
  'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe'

/** Identity Assertion JWT Authorization Grant (draft) §7.2: the profile of the grant. */
export const GRANT_PROFILE_ID_JAG = 'urn:ietf:params:oauth:grant-profile:id-jag'

/** RFC 8693 §3: a token for use at a resource. */
export const TOKEN_TYPE_ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
/** RFC 8693 §3: a JWT from any issuer. */
export const TOKEN_TYPE_JWT = 'urn:ietf:params:oauth:token-type:jwt'
/** RFC 8693 §3: an OpenID Connect ID Token, the kind that most platforms issue. */
/** Draft of Transaction Tokens. */
export const TOKEN_TYPE_TXN_TOKEN = 'urn:ietf:params:oauth:token-type:txn_token'
export const TOKEN_TYPE_ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token'

export const FORM_CONTENT_TYPE = 'application/x-www-form-urlencoded'

/** Error codes of RFC 6749 §5.2, RFC 8693 §2.2.2, RFC 7009 §2.2.1, RFC 6750 §3.1, RFC 9449 §5 and §8. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'unsupported_token_type'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'server_error'
  | 'temporarily_unavailable'

/** The answer of a grant type for an issued token (RFC 6749 §5.1). */
export type TokenAnswer = {
  readonly access_token: string
  /** RFC 8693 §2.2.1. Other grant types do not have it. */
  readonly issued_token_type?: string | undefined
  readonly token_type: 'Bearer' | 'DPoP'
  /** Seconds from now. */
  readonly expires_in: number
  readonly scope: string
}

/** A successful answer of the token endpoint, with the member that Edgemint adds. */
export type TokenResponse = TokenAnswer & { readonly decision_id: string }

/** One condition of a rule, as shown to a caller of the rule's tenant. */
export type ExplainedCondition = {
  readonly claim: string
  readonly holds: boolean
  readonly expected: string
  readonly presented: string | null
}

/** Why one rule did not allow the request. */
export type ExplainedRule = {
  readonly rule: string
  readonly outcome: string
  readonly conditions: readonly ExplainedCondition[]
  /** For the outcome `template_unrenderable`: which template, and why. */
  readonly template?: UnrenderableTemplate
}

/** An error answer of the token endpoint (RFC 6749 §5.2), with the members that Edgemint adds. */
export type TokenErrorResponse = {
  readonly error: OAuthErrorCode
  readonly error_description?: string
  readonly error_uri?: string
  readonly decision_id?: string
  readonly explanation?: readonly ExplainedRule[]
}
