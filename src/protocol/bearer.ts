/**
 * One reading of an `Authorization` header for every endpoint and every verifier: RFC 9110 §11.4
 * credentials with the b64token of RFC 6750 §2.1. What a reading means is said where it is used.
 */

/** What an `Authorization` header holds, as far as bearer tokens are concerned. */
export type BearerReading =
  | { readonly kind: 'bearer'; readonly token: string }
  /** There is no header. */
  | { readonly kind: 'absent' }
  /** Credentials of another scheme: no bearer token was sent. */
  | { readonly kind: 'other_scheme' }
  /** The scheme is Bearer, and what follows is not exactly one token. */
  | { readonly kind: 'malformed' }

/** RFC 9110 §5.6.2 `token`: the name of a scheme ends where these characters end. */
const SCHEME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]*/
/** RFC 9110 §11.4: one or more spaces, no tab; RFC 6750 §2.1: one b64token, so no comma. */
const CREDENTIALS = /^ +([A-Za-z0-9._~+/-]+=*)$/
/** RFC 9110 §5.5: whitespace around a field value is not part of it. Most servers remove it. */
const OUTER_WHITESPACE = /^[ \t]+|[ \t]+$/g

export function parseBearer(authorization: string | null | undefined): BearerReading {
  if (authorization === null || authorization === undefined) return { kind: 'absent' }
  const value = authorization.replace(OUTER_WHITESPACE, '')
  const scheme = SCHEME.exec(value)?.[0] ?? ''
  // RFC 9110 §11.1: the name of a scheme has no case.
  if (scheme.toLowerCase() !== 'bearer') return { kind: 'other_scheme' }
  const token = CREDENTIALS.exec(value.slice(scheme.length))?.[1]
  return token === undefined ? { kind: 'malformed' } : { kind: 'bearer', token }
}
