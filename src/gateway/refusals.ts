/**
 * The answers to requests that are refused for a reason other than their token. The texts are fixed
 * and contain nothing of the request, the routes or the origin.
 */

const REFUSALS = {
  /** Also used for a method that no route accepts, so that callers cannot discover the routes. */
  no_route: { status: 404, error: 'not_found', description: 'not found' },
  path_disputed: {
    status: 400,
    error: 'invalid_request',
    description: 'the path is ambiguous',
  },
  identity_unwritable: {
    status: 403,
    error: 'access_denied',
    description: 'the identity of the caller cannot be forwarded',
  },
  identity_unavailable: {
    status: 503,
    error: 'temporarily_unavailable',
    description: 'temporarily unavailable, try again later',
  },
  origin_unreachable: {
    status: 502,
    error: 'bad_gateway',
    description: 'the origin is unreachable',
  },
} as const

export type RefusalReason = keyof typeof REFUSALS

export function refuse(reason: RefusalReason): Response {
  const { status, error, description } = REFUSALS[reason]
  return new Response(JSON.stringify({ error, error_description: description }), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  })
}
