/**
 * Grant, denial or outage → status, headers and JSON: one place for the wire form of the token
 * endpoint (RFC 6749 §5, RFC 8693 §2.2). Says nothing that the caller has no right to hear.
 */
import type { TokenErrorResponse, TokenResponse } from '../../protocol/oauth.ts'
import { DENIALS, type Denial } from '../denial.ts'
import {
  MIN_TOKEN_LIFETIME_SECONDS,
  RATE_LIMIT_RETRY_SECONDS,
  RETRY_AFTER_SECONDS,
} from '../limits.ts'
import type { IssuedTokenType } from './parse.ts'

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

export function renderToken(
  issued: { readonly token: string; readonly scope: string; readonly lifetimeSeconds: number },
  issuedTokenType: IssuedTokenType,
  decisionId: string,
): RenderedResponse {
  return {
    status: 200,
    headers: HEADERS,
    body: {
      access_token: issued.token,
      issued_token_type: issuedTokenType,
      token_type: 'Bearer',
      expires_in: issued.lifetimeSeconds,
      scope: issued.scope,
      decision_id: decisionId,
    },
  }
}

export function renderDenial(denial: Denial, decisionId?: string): RenderedResponse {
  const { status, error, description } = DENIALS[denial.reason]
  const more = moreHeaders(denial, status, error)
  const explanation = denial.trace ?? []
  return {
    status,
    headers: more === undefined ? HEADERS : { ...HEADERS, ...more },
    body: {
      error,
      error_description: describe(denial, description),
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

function moreHeaders({ at }: Denial, status: number, error: string) {
  if (status === 401) return { 'www-authenticate': challenge(error) }
  if (status !== 429) return undefined
  // RFC 9110 §10.2.3, and the RateLimit field of the HTTPAPI working group: nothing is left.
  const seconds = String(RATE_LIMIT_RETRY_SECONDS)
  return { 'retry-after': seconds, ratelimit: `"${at ?? 'default'}";r=0;t=${seconds}` }
}

/** Faults of the request name the parameter; faults of the subject token name nothing. */
function describe(denial: Denial, description: string): string {
  const { reason, at } = denial
  if (at === undefined || !PARAMETER_REASONS.has(reason)) return description
  const rule = reason === 'parameter_invalid' ? PARAMETER_RULES.get(at) : undefined
  return rule === undefined ? `${description}: ${at}` : `${description}: ${at} ${rule}`
}

/** What a value must be, where the name of the parameter does not say it. */
const PARAMETER_RULES: ReadonlyMap<string, string> = new Map([
  ['expires_in', `must be a whole number of seconds, ${MIN_TOKEN_LIFETIME_SECONDS} or more`],
])

const PARAMETER_REASONS: ReadonlySet<string> = new Set([
  'parameter_repeated',
  'parameter_missing',
  'parameter_invalid',
  'parameter_unsupported',
  'token_type_unsupported',
  'client_authentication_unsupported',
  'nothing_to_revoke',
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
