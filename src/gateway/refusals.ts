/**
 * What a caller is answered when a request goes nowhere for a reason that is not its token. Fixed
 * words: nothing of the request, of the routes or of the origin is in them.
 */

const REFUSALS = {
  /** Also for a method that no route takes: which routes there are is told to nobody. */
  no_route: { status: 404, error: 'not_found', description: 'there is nothing here' },
  path_disputed: {
    status: 400,
    error: 'invalid_request',
    description: 'the path can be read in more than one way',
  },
  identity_unwritable: {
    status: 403,
    error: 'access_denied',
    description: 'the identity of the caller cannot be passed on',
  },
  identity_unavailable: {
    status: 503,
    error: 'temporarily_unavailable',
    description: 'the identity of the caller cannot be passed on right now',
  },
  origin_unreachable: {
    status: 502,
    error: 'bad_gateway',
    description: 'the origin cannot be reached',
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
