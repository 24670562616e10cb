/**
 * The headers of forward auth: the request headers of a proxy that cannot set the query, and the
 * answer headers about the caller. Their names differ, so that a proxy that copies one kind does
 * not copy the other by mistake.
 */

/**
 * The required resource and scopes, for requests below `/verify/`. There the client controls path
 * and query.
 */
export const REQUIRE_RESOURCE = 'x-edgemint-require-resource'
export const REQUIRE_SCOPE = 'x-edgemint-require-scope'
/** Which headers describe the client's request, for tokens that are bound to a key. */
export const REQUIRE_PROOF = 'x-edgemint-require-proof'
/** Scheme, host and port of the API, if its resource is not a URL of it. */
export const REQUIRE_ORIGIN = 'x-edgemint-require-origin'

/** Every 200 sets all of these headers, so that each one that the client sent is replaced. */
export const IDENTITY_HEADERS = {
  subject: 'x-edgemint-subject',
  /** The name of the rule that granted the token. */
  clientId: 'x-edgemint-client-id',
  /** The scopes of the token, space-separated. They may be more than the required ones. */
  scope: 'x-edgemint-scope',
  /** Epoch seconds. */
  expiresAt: 'x-edgemint-expires-at',
  tokenId: 'x-edgemint-token-id',
  /** Who acts for the subject: see `formatActors`. Empty if the subject acts for itself. */
  actor: 'x-edgemint-actor',
} as const
