/**
 * Renders the answer of forward auth: 200 without a body, with the caller's identity in headers, or
 * a refusal that the proxy passes to its client (RFC 6750 §3). A proxy may cache a 200 for seconds,
 * for the same `Authorization` header only. It must not cache a refusal.
 */
import { DPOP_ALGORITHMS } from '../../../protocol/dpop/words.ts'
import {
  IDENTITY_HEADERS,
  REQUIRE_RESOURCE,
  REQUIRE_SCOPE,
} from '../../../protocol/forward-auth.ts'
import { formatActors, readActors } from '../../../protocol/token.ts'
import { FORWARD_AUTH_MAX_AGE_SECONDS } from '../../limits.ts'
import type { ForwardOutcome, ForwardRefusal, ForwardScheme } from './forward-auth.ts'

export type RenderedForward = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: { readonly error: string; readonly error_description: string }
}

type Row = { readonly status: 400 | 401 | 403 | 500; readonly error: string; readonly text: string }

const NOT_ACCEPTED: Row = {
  status: 401,
  error: 'invalid_token',
  text: 'the token was not accepted',
}

/**
 * nginx passes 401 and 403 on to the client, so an error of the proxy's configuration has another
 * status.
 */
export const FORWARD_REFUSALS = {
  question_malformed: {
    status: 400,
    error: 'invalid_request',
    text: 'the proxy must send one resource, and optionally scopes, either in the query or in headers',
  },
  resource_unknown: {
    status: 500,
    error: 'server_error',
    text: 'the proxy names a resource that the trust document does not have',
  },
  scope_unknown: {
    status: 500,
    error: 'server_error',
    text: 'the proxy names a scope that the resource does not have',
  },
  request_unknown: {
    status: 500,
    error: 'server_error',
    text: 'the proxy does not send the method and the URL of the request',
  },
  token_missing: { status: 401, error: 'token_missing', text: 'a bearer token is required' },
  token_not_accepted: NOT_ACCEPTED,
  token_bound: NOT_ACCEPTED,
  token_not_bound: NOT_ACCEPTED,
  token_revoked: NOT_ACCEPTED,
  audience_mismatch: NOT_ACCEPTED,
  proof_invalid: {
    status: 401,
    error: 'invalid_dpop_proof',
    text: 'the proof of possession was not accepted',
  },
  scope_insufficient: { status: 403, error: 'insufficient_scope', text: 'a scope is missing' },
} as const satisfies Record<ForwardRefusal, Row>

/** Request headers that a cache must compare in addition to its cache key. */
const VARY = `authorization, ${REQUIRE_RESOURCE}, ${REQUIRE_SCOPE}`

export function renderForward(outcome: ForwardOutcome): RenderedForward {
  if (outcome.allowed) return renderAllowed(outcome)
  const row: Row = FORWARD_REFUSALS[outcome.reason]
  const { status, error } = row
  // A client learns which check its proof did not pass: its token is valid.
  const { check } = outcome.known
  const text = check === undefined ? row.text : `${row.text}: ${check}`
  const challenge =
    status === 401 || status === 403
      ? outcome.schemes
          .map((scheme) => renderChallenge(scheme, error, text, outcome.requiredScopes))
          .join(', ')
      : undefined
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
    },
    body: { error, error_description: text },
  }
}

function renderAllowed({
  at,
  claims,
  scheme,
}: ForwardOutcome & { readonly allowed: true }): RenderedForward {
  // Without `public`, other shared caches do not store the answer (RFC 9111 §3.5). The proxy stores
  // it because its configuration says so. The answer must not outlive the token.
  const maxAge = Math.min(FORWARD_AUTH_MAX_AGE_SECONDS, claims.exp - at)
  return {
    status: 200,
    headers: {
      [IDENTITY_HEADERS.subject]: encodeValue(claims.sub),
      [IDENTITY_HEADERS.clientId]: encodeValue(claims.client_id),
      [IDENTITY_HEADERS.scope]: claims.scope,
      [IDENTITY_HEADERS.expiresAt]: String(claims.exp),
      [IDENTITY_HEADERS.tokenId]: encodeValue(claims.jti),
      [IDENTITY_HEADERS.actor]: formatActors(readActors(claims.act) ?? []),
      // Each request with a bound token needs its own proof, so no answer serves another request.
      'cache-control': scheme === 'DPoP' ? 'no-store' : `max-age=${maxAge}`,
      vary: VARY,
    },
  }
}

/**
 * Renders the challenge. It has each parameter once (PR-11), and no error for a request without a
 * token (PR-09). Scopes contain no quotation marks, so they need no escaping.
 */
function renderChallenge(
  scheme: ForwardScheme,
  error: string,
  text: string,
  scopes: readonly string[],
): string {
  const parameters = [
    ...(error === 'token_missing' ? [] : [`error="${error}"`, `error_description="${text}"`]),
    ...(scopes.length === 0 ? [] : [`scope="${scopes.join(' ')}"`]),
    ...(scheme === 'DPoP' ? [`algs="${DPOP_ALGORITHMS.join(' ')}"`] : []),
  ]
  return `${scheme} ${parameters.join(', ')}`.trimEnd()
}

/**
 * Percent-encodes `%` and every character except visible ASCII. Decoding once restores the value.
 * Otherwise a value could end its header or be read as another value (EXC-11).
 */
function encodeValue(value: string): string {
  return value.replace(/[^\x21-\x24\x26-\x7e]+/gu, encodeRun)
}

/** A lone surrogate has no UTF-8 form, so it becomes the replacement character. */
function encodeRun(run: string): string {
  const text = run.replace(/\p{Cs}/gu, '\ufffd')
  return encodeURIComponent(text)
}
