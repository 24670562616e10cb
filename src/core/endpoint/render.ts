/**
 * Renders a granted token, a denial or an outage as status, headers and JSON (RFC 6749 §5, RFC 8693
 * §2.2). No other file writes answers of the token endpoint.
 */

import { MIN_TOKEN_LIFETIME_SECONDS } from '../../contract/limits.ts'
import { DPOP_NONCE } from '../../protocol/dpop/words.ts'
import type { TokenAnswer, TokenErrorResponse, TokenResponse } from '../../protocol/oauth.ts'
import { DENIALS, type Denial, type OAuthError, SUBJECT_TOKEN } from '../denial.ts'
import type { GrantType } from '../grants/grant-type.ts'
import { RATE_LIMIT_RETRY_SECONDS, RETRY_AFTER_SECONDS } from '../limits.ts'

export type RenderedResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: TokenResponse | TokenErrorResponse
  /** The rate limit that the caller exceeded. Absent if it exceeded none. */
  readonly exceeded?: RateLimitName
}

export type RateLimitName = Extract<Denial, { reason: 'rate_limited' }>['at']

/** The headers of most answers, as one object, so that a caller can recognize it. */
export const ANSWER_HEADERS = {
  'content-type': 'application/json',
  // RFC 6749 §5.1 requires both headers.
  'cache-control': 'no-store',
  pragma: 'no-cache',
} as const

export function renderToken(answer: TokenAnswer, decisionId: string): RenderedResponse {
  return { status: 200, headers: ANSWER_HEADERS, body: { ...answer, decision_id: decisionId } }
}

type ErrorForm = Pick<GrantType, 'errors' | 'assertionName'>

/**
 * For requests whose grant type is not known. Such a request has no assertion, so these errors are
 * not used.
 */
const INVALID_REQUEST: OAuthError = { error: 'invalid_request', status: 400 }
const NO_GRANT: ErrorForm = {
  errors: { assertion: INVALID_REQUEST, decision: INVALID_REQUEST },
  assertionName: SUBJECT_TOKEN,
}

export function renderDenial(
  denial: Denial,
  decisionId?: string,
  { errors, assertionName }: ErrorForm = NO_GRANT,
): RenderedResponse {
  const row = DENIALS[denial.reason]
  const { error, status } = typeof row.error === 'string' ? errors[row.error] : row.error
  const sentence = row.description.replace(SUBJECT_TOKEN, assertionName)
  const description = 'namesFault' in row ? nameFault(denial, sentence) : sentence
  const more = moreHeaders(denial, status, error, description)
  const explanation = 'trace' in denial ? denial.trace : []
  return {
    status,
    headers: more === undefined ? ANSWER_HEADERS : { ...ANSWER_HEADERS, ...more },
    ...(denial.reason === 'rate_limited' ? { exceeded: denial.at } : {}),
    body: {
      error,
      error_description: description,
      ...(decisionId === undefined ? {} : { decision_id: decisionId }),
      ...(explanation.length === 0 ? {} : { explanation }),
    },
  }
}

export function renderUnavailable(decisionId?: string): RenderedResponse {
  return {
    status: 503,
    headers: { ...ANSWER_HEADERS, 'retry-after': String(RETRY_AFTER_SECONDS) },
    body: {
      error: 'temporarily_unavailable',
      error_description: 'temporarily unavailable, try again later',
      ...(decisionId === undefined ? {} : { decision_id: decisionId }),
    },
  }
}

/**
 * Adds the nonce for the next proof (RFC 9449 §8.2). Pages can read it (DP-18). Every answer of the
 * token endpoint is uncacheable.
 */
export function withNonce(response: RenderedResponse, nonce: string): RenderedResponse {
  const headers = { [DPOP_NONCE]: nonce, 'access-control-expose-headers': EXPOSED }
  return { ...response, headers: { ...response.headers, ...headers } }
}

const EXPOSED = `${DPOP_NONCE}, WWW-Authenticate`

function moreHeaders(denial: Denial, status: number, error: string, description: string) {
  if (status === 401) return { 'www-authenticate': challenge(error, description) }
  if (denial.reason !== 'rate_limited') return undefined
  return exceededHeaders(denial.at, String(RATE_LIMIT_RETRY_SECONDS))
}

/**
 * RFC 9110 §10.2.3, and the RateLimit field of the HTTPAPI working group. `r=0`: no requests remain.
 * `seconds` is the wait, as digits.
 */
export function exceededHeaders(limit: RateLimitName, seconds: string) {
  return { 'retry-after': seconds, ratelimit: `"${limit}";r=0;t=${seconds}` }
}

/** Adds the name at fault to the sentence, if the denial has one. */
function nameFault(denial: Denial, description: string): string {
  if (!('at' in denial) || denial.at === undefined) return description
  const { reason, at } = denial
  const rule = reason === 'parameter_invalid' ? PARAMETER_RULES.get(at) : undefined
  return rule === undefined ? `${description}: ${at}` : `${description}: ${at} ${rule}`
}

/** The rule for a parameter's value, if its name does not explain it. */
const PARAMETER_RULES: ReadonlyMap<string, string> = new Map([
  ['expires_in', `must be a whole number of seconds, ${MIN_TOKEN_LIFETIME_SECONDS} or more`],
])

/**
 * Every 401 needs a challenge (RFC 9110 §15.5.2). RFC 6749 §5.2 asks for the scheme that the client
 * used, but clients answer a `Basic` challenge with the secret that was just refused. The challenge
 * therefore names a scheme for which no client has stored credentials. Some clients show the
 * challenge instead of the body, so it repeats the sentence (RFC 6750 §3). A sentence has no
 * character that needs an escape (TE-15).
 */
function challenge(error: string, description: string): string {
  const scheme = error === 'invalid_client' ? 'Token-Exchange' : 'Bearer'
  return `${scheme} error="${error}", error_description="${description}"`
}
