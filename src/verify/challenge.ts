/**
 * The answer to a refused request (RFC 6750 §3, §3.1): status, challenge and a small JSON body. Its
 * text is either fixed or from options that were checked when the verifier was made.
 */
import type { OAuthErrorCode } from '../protocol/oauth.ts'
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
  insufficient_scope: { error: 'insufficient_scope', challenge: 'with error' },
  keys_unavailable: { error: 'temporarily_unavailable', challenge: 'none' },
  revocation_unavailable: { error: 'temporarily_unavailable', challenge: 'none' },
} as const satisfies Record<VerificationCode, Row>

type ChallengeSettings = Pick<VerifierSettings, 'scopes' | 'realm' | 'resourceMetadata'>

export function renderRefusal(error: VerificationError, settings: ChallengeSettings): Response {
  const row: Row = ANSWERS[error.code]
  const headers = new Headers({
    'content-type': 'application/json',
    'cache-control': 'no-store',
  })
  if (row.challenge === 'none') headers.set('retry-after', String(RETRY_AFTER_SECONDS))
  else headers.set('www-authenticate', renderChallenge(error, row, settings))
  const body = { error: row.error, error_description: error.message }
  return new Response(JSON.stringify(body), { status: error.status, headers })
}

/** RFC 6750 §3 forbids repeating a parameter in a challenge (PR-11). */
function renderChallenge(error: VerificationError, row: Row, settings: ChallengeSettings): string {
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
  return `Bearer ${parameters.join(', ')}`.trimEnd()
}

/** Writes a parameter. It removes characters that RFC 6750 §3 forbids, so it needs no escapes. */
function quote(name: string, value: string): string {
  return `${name}="${value.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '')}"`
}
