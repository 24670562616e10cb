/**
 * The error of the verifier, with a stable code for the caller and a stable reason for the log.
 * challenge.ts converts it to a response.
 */

import type { DpopFault } from '../protocol/dpop/check-proof.ts'

const CODES = {
  token_missing: { status: 401, message: 'an access token is needed' },
  invalid_request: { status: 400, message: 'the access token must be sent in one bearer header' },
  invalid_token: { status: 401, message: 'the access token was not accepted' },
  invalid_dpop_proof: { status: 401, message: 'the proof of possession was not accepted' },
  use_dpop_nonce: { status: 401, message: 'the proof of possession needs the nonce of this API' },
  insufficient_scope: { status: 403, message: 'the access token lacks a scope' },
  keys_unavailable: { status: 503, message: 'access tokens cannot be verified right now' },
  revocation_unavailable: { status: 503, message: 'access tokens cannot be verified right now' },
  proofs_unavailable: { status: 503, message: 'access tokens cannot be verified right now' },
} as const

/** The code, which the answer to the caller contains. */
export type VerificationCode = keyof typeof CODES

/** The reason for the API's log. The caller never sees it. */
export type VerificationReason =
  | 'authorization_missing'
  | 'scheme_unsupported'
  | 'authorization_malformed'
  | 'token_sent_twice'
  | 'url_malformed'
  | 'token_malformed'
  | 'token_kind_not_accepted'
  | 'algorithm_not_allowed'
  | 'key_unknown'
  | 'key_ambiguous'
  | 'signature_invalid'
  | 'issuer_not_trusted'
  | 'audience_mismatch'
  | 'claim_missing'
  | 'claim_invalid'
  | 'claim_mismatch'
  | 'actor_missing'
  | 'actor_forbidden'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'token_bound'
  | 'token_not_bound'
  | 'certificate_mismatch'
  | ProofFault
  | 'token_revoked'
  | 'status_missing'
  | 'status_invalid'
  | 'scope_missing'
  | GatewayFault

/** Why a DPoP proof is refused. `proof_` and a member of the proof: that member is wrong. */
export type ProofFault =
  | `proof_${DpopFault}`
  | 'proof_missing'
  | 'proof_replayed'
  | 'proof_store_failed'

/** A fault of the gateway or of the connection to it. */
export type GatewayFault =
  | 'gateway_unreachable'
  | 'answer_status_unexpected'
  | 'answer_too_large'
  | 'answer_malformed'
  | 'metadata_issuer_mismatch'
  | 'jwks_address_refused'
  | 'introspection_address_refused'
  | 'key_set_unusable'
  | 'status_list_invalid'
  | 'refresh_under_way'

/**
 * Why a request is refused. It contains no part of the token, no claim and no text from the gateway,
 * so it is safe to log.
 *
 * `code` is `token_missing` (401), `invalid_request` (400), `invalid_token` (401),
 * `invalid_dpop_proof` (401), `use_dpop_nonce` (401), `insufficient_scope` (403), `keys_unavailable`,
 * `revocation_unavailable` or `proofs_unavailable` (503). `status` is the HTTP status in brackets.
 * `reason` has more detail, for logs (RFC 6750 §3.1).
 *
 * @example
 * if (error instanceof VerificationError) metrics.count(error.code, error.reason)
 */
export class VerificationError extends Error {
  override readonly name = 'VerificationError'
  readonly code: VerificationCode
  readonly status: 400 | 401 | 403 | 503
  readonly reason: VerificationReason
  /** The nonce for the caller's next proof, which the answer contains (RFC 9449 §9). */
  readonly dpopNonce: string | undefined

  constructor(code: VerificationCode, reason: VerificationReason, dpopNonce?: string) {
    // It has no `cause`, because errors of the libraries below contain claims and addresses.
    super(describe(code, reason))
    this.dpopNonce = dpopNonce
    this.code = code
    this.status = CODES[code].status
    this.reason = reason
  }
}

/**
 * A caller learns which check of its proof failed: its token is valid, so it is not a guess. It
 * learns nothing about the token.
 */
function describe(code: VerificationCode, reason: VerificationReason): string {
  const { message } = CODES[code]
  if (reason === 'url_malformed') return 'the URL of the request is malformed'
  return code === 'invalid_dpop_proof' ? `${message}: ${reason}` : message
}

export function invalidToken(reason: VerificationReason): VerificationError {
  return new VerificationError('invalid_token', reason)
}
