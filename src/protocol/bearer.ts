/**
 * Parses the `Authorization` header for all endpoints and verifiers: RFC 9110 §11.4 credentials
 * with the b64token of RFC 6750 §2.1. The callers decide how to answer.
 */

/** What an `Authorization` header contains, with regard to bearer tokens. */
export type BearerReading =
  | { readonly kind: 'bearer'; readonly token: string }
  /** There is no header. */
  | { readonly kind: 'absent' }
  /** The credentials are of another scheme, so no bearer token was sent. */
  | { readonly kind: 'other_scheme' }
  /** The scheme is Bearer, but it is not followed by exactly one token. */
  | { readonly kind: 'malformed' }

/** RFC 9110 §5.6.2: the characters of a scheme name. */
const SCHEME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]*/
/** RFC 9110 §11.4: one or more spaces, no tab. RFC 6750 §2.1: one b64token, so no comma. */
const CREDENTIALS = /^ +([A-Za-z0-9._~+/-]+=*)$/
/** RFC 9110 §5.5: whitespace around a field value is not part of it. Most servers remove it. */
const OUTER_WHITESPACE = /^[ \t]+|[ \t]+$/g

export function parseBearer(authorization: string | null | undefined): BearerReading {
  if (authorization === null || authorization === undefined) return { kind: 'absent' }
  const value = authorization.replace(OUTER_WHITESPACE, '')
  const scheme = SCHEME.exec(value)?.[0] ?? ''
  // RFC 9110 §11.1: scheme names are case-insensitive.
  if (scheme.toLowerCase() !== 'bearer') return { kind: 'other_scheme' }
  const token = CREDENTIALS.exec(value.slice(scheme.length))?.[1]
  return token === undefined ? { kind: 'malformed' } : { kind: 'bearer', token }
}
