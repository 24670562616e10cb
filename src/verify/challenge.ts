/**
 * What a caller is answered when its request may not pass (RFC 6750 §3, §3.1): status, challenge
 * and a small JSON body. Every word of it is fixed or was checked with the options.
 */
import type { OAuthErrorCode } from '../protocol/oauth.ts'
import { RETRY_AFTER_SECONDS } from './limits.ts'
import type { VerifierSettings } from './options.ts'
import type { VerificationCode, VerificationError } from './verification-error.ts'

type Row = {
  /** The `error` of the body. */
  readonly error: OAuthErrorCode | 'token_missing'
  /** Whether there is a challenge, and whether it names the error. */
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
  // RFC 9728 §5.1: where a client learns which gateway to ask for a token.
  if (settings.resourceMetadata !== undefined) {
    parameters.push(quote('resource_metadata', settings.resourceMetadata))
  }
  return `Bearer ${parameters.join(', ')}`.trimEnd()
}

/** No escapes: RFC 6750 §3 leaves out the two characters that would need one. */
function quote(name: string, value: string): string {
  return `${name}="${value.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '')}"`
}
