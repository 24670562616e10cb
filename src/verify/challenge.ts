/**
 * The answer to a refused request (RFC 6750 §3, §3.1, RFC 9449 §7.1): status, challenges and a small
 * JSON body. Its text is either fixed or from options that were checked when the verifier was made.
 */
import { DPOP, DPOP_ALGORITHMS, DPOP_NONCE } from '../protocol/dpop/words.ts'
import type { OAuthErrorCode } from '../protocol/oauth.ts'
import type { PresentedToken } from './authorization.ts'
import { RETRY_AFTER_SECONDS } from './limits.ts'
import type { VerifierSettings } from './options.ts'
import type { VerificationCode, VerificationError } from './verification-error.ts'

type Row = {
  /** The member `error` of the body. */
  readonly error: OAuthErrorCode | 'token_missing'
  /** Whether the answer has a challenge, and whether the challenge names the error. */
  readonly challenge: 'plain' | 'with error' | 'none'
}

const ANSWERS = {
  // A request without a token gets a challenge without an error (RFC 6750 §3.1, PR-09).
  token_missing: { error: 'token_missing', challenge: 'plain' },
  invalid_request: { error: 'invalid_request', challenge: 'with error' },
  invalid_token: { error: 'invalid_token', challenge: 'with error' },
  invalid_dpop_proof: { error: 'invalid_dpop_proof', challenge: 'with error' },
  use_dpop_nonce: { error: 'use_dpop_nonce', challenge: 'with error' },
  insufficient_scope: { error: 'insufficient_scope', challenge: 'with error' },
  keys_unavailable: { error: 'temporarily_unavailable', challenge: 'none' },
  revocation_unavailable: { error: 'temporarily_unavailable', challenge: 'none' },
  proofs_unavailable: { error: 'temporarily_unavailable', challenge: 'none' },
} as const satisfies Record<VerificationCode, Row>

type ChallengeSettings = Pick<VerifierSettings, 'scopes' | 'realm' | 'resourceMetadata' | 'proof'>
type Scheme = PresentedToken['scheme']

/** The scheme of the request that was refused. */
const schemes = new WeakMap<VerificationError, Scheme>()

export function rememberScheme(error: VerificationError, scheme: Scheme): void {
  schemes.set(error, scheme)
}

export function renderRefusal(error: VerificationError, settings: ChallengeSettings): Response {
  const row: Row = ANSWERS[error.code]
  const headers = new Headers({
    'content-type': 'application/json',
    'cache-control': 'no-store',
  })
  if (row.challenge === 'none') headers.set('retry-after', String(RETRY_AFTER_SECONDS))
  else {
    const challenges = chooseSchemes(error, row, settings).map((scheme) =>
      renderChallenge(scheme, error, row, settings),
    )
    headers.set('www-authenticate', challenges.join(', '))
  }
  if (error.dpopNonce !== undefined) headers.set(DPOP_NONCE, error.dpopNonce)
  const body = { error: row.error, error_description: error.message }
  return new Response(JSON.stringify(body), { status: error.status, headers })
}

/** One challenge for each scheme that the client can use for its next request (DP-22). */
function chooseSchemes(
  error: VerificationError,
  row: Row,
  { proof }: ChallengeSettings,
): readonly Scheme[] {
  const { proofOfPossession } = proof
  const needsProof = proofOfPossession === 'required' && proof.publicUrls.length > 0
  if (needsProof || schemes.get(error) === DPOP) return [DPOP]
  // A client that sent a bound token as Bearer can make a proof.
  if (error.reason === 'token_bound' && proof.publicUrls.length > 0) return [DPOP]
  return row.challenge === 'plain' && proofOfPossession === 'optional'
    ? ['Bearer', DPOP]
    : ['Bearer']
}

/** RFC 6750 §3 forbids repeating a parameter in a challenge (PR-11). */
function renderChallenge(
  scheme: Scheme,
  error: VerificationError,
  row: Row,
  settings: ChallengeSettings,
): string {
  const parameters: string[] = []
  if (settings.realm !== undefined) parameters.push(quote('realm', settings.realm))
  if (row.challenge === 'with error') {
    parameters.push(quote('error', row.error), quote('error_description', error.message))
  }
  if (error.code === 'insufficient_scope') {
    parameters.push(quote('scope', settings.scopes.join(' ')))
  }
  // RFC 9728 §5.1: the metadata tells a client which gateway issues tokens for this API.
  if (settings.resourceMetadata !== undefined) {
    parameters.push(quote('resource_metadata', settings.resourceMetadata))
  }
  if (scheme === DPOP) parameters.push(quote('algs', DPOP_ALGORITHMS.join(' ')))
  return `${scheme} ${parameters.join(', ')}`.trimEnd()
}

/** Writes a parameter. It removes characters that RFC 6750 §3 forbids, so it needs no escapes. */
function quote(name: string, value: string): string {
  return `${name}="${value.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '')}"`
}
