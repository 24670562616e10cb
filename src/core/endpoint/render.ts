/**
 * Answer of a grant, denial or outage → status, headers and JSON: one place for the wire form of the
 * token endpoint (RFC 6749 §5, RFC 8693 §2.2). Says nothing that the caller has no right to hear.
 */

import { MIN_TOKEN_LIFETIME_SECONDS } from '../../contract/limits.ts'
import type { TokenAnswer, TokenErrorResponse, TokenResponse } from '../../protocol/oauth.ts'
import { DENIALS, type Denial, type OAuthError, SUBJECT_TOKEN } from '../denial.ts'
import type { GrantType } from '../grants/grant-type.ts'
import { RATE_LIMIT_RETRY_SECONDS, RETRY_AFTER_SECONDS } from '../limits.ts'

export type RenderedResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: TokenResponse | TokenErrorResponse
}

const HEADERS = {
  'content-type': 'application/json',
  // RFC 6749 §5.1 asks for both.
  'cache-control': 'no-store',
  pragma: 'no-cache',
} as const

export function renderToken(answer: TokenAnswer, decisionId: string): RenderedResponse {
  return { status: 200, headers: HEADERS, body: { ...answer, decision_id: decisionId } }
}

type ErrorForm = Pick<GrantType, 'errors' | 'assertionName'>

/** Before its grant is known a request has no assertion, so nothing can be wrong with one. */
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
  const description = row.description.replace(SUBJECT_TOKEN, assertionName)
  const more = moreHeaders(denial, status, error)
  const explanation = 'trace' in denial ? denial.trace : []
  return {
    status,
    headers: more === undefined ? HEADERS : { ...HEADERS, ...more },
    body: {
      error,
      error_description: 'namesFault' in row ? nameFault(denial, description) : description,
      ...(decisionId === undefined ? {} : { decision_id: decisionId }),
      ...(explanation.length === 0 ? {} : { explanation }),
    },
  }
}

export function renderUnavailable(decisionId?: string): RenderedResponse {
  return {
    status: 503,
    headers: { ...HEADERS, 'retry-after': String(RETRY_AFTER_SECONDS) },
    body: {
      error: 'temporarily_unavailable',
      error_description: 'something this gateway needs is down, try again',
      ...(decisionId === undefined ? {} : { decision_id: decisionId }),
    },
  }
}

function moreHeaders(denial: Denial, status: number, error: string) {
  if (status === 401) return { 'www-authenticate': challenge(error) }
  if (denial.reason !== 'rate_limited') return undefined
  // RFC 9110 §10.2.3, and the RateLimit field of the HTTPAPI working group: nothing is left.
  const seconds = String(RATE_LIMIT_RETRY_SECONDS)
  return { 'retry-after': seconds, ratelimit: `"${denial.at}";r=0;t=${seconds}` }
}

/** The sentence with the name at fault, where it has one. */
function nameFault(denial: Denial, description: string): string {
  if (!('at' in denial) || denial.at === undefined) return description
  const { reason, at } = denial
  const rule = reason === 'parameter_invalid' ? PARAMETER_RULES.get(at) : undefined
  return rule === undefined ? `${description}: ${at}` : `${description}: ${at} ${rule}`
}

/** What a value must be, where the name of the parameter does not say it. */
const PARAMETER_RULES: ReadonlyMap<string, string> = new Map([
  ['expires_in', `must be a whole number of seconds, ${MIN_TOKEN_LIFETIME_SECONDS} or more`],
])

/**
 * No 401 leaves without a challenge (RFC 9110 §15.5.2). RFC 6749 §5.2 would have the scheme that the
 * client used, and clients answer a `Basic` challenge with the secret that was just refused. So the
 * challenge names what is the proof here, and no scheme that a client could have credentials for.
 */
function challenge(error: string): string {
  const scheme = error === 'invalid_client' ? 'Token-Exchange' : 'Bearer'
  return `${scheme} error="${error}"`
}
