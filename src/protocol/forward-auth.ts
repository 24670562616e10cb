/**
 * The headers of forward auth: what a proxy asks for where it cannot fix the query, and what it is
 * told about the caller. The names of question and answer differ, so that a proxy that passes on
 * one cannot pass on the other by mistake.
 */

/** Asks for a resource and its scopes below `/verify/`, where path and query are the client's. */
export const REQUIRE_RESOURCE = 'x-edgemint-require-resource'
export const REQUIRE_SCOPE = 'x-edgemint-require-scope'

/** Set on every 200, all of them, so that none that a client sent can be left standing. */
export const IDENTITY_HEADERS = {
  subject: 'x-edgemint-subject',
  /** The name of the rule that granted the token. */
  clientId: 'x-edgemint-client-id',
  /** Space-separated: what the token has, not what was asked for. */
  scope: 'x-edgemint-scope',
  /** Epoch seconds. */
  expiresAt: 'x-edgemint-expires-at',
  tokenId: 'x-edgemint-token-id',
} as const
