/**
 * Parses the `Authorization` header for all endpoints and verifiers: RFC 9110 §11.4 credentials
 * with the token68 of RFC 6750 §2.1 and RFC 9449 §7.1. The callers decide how to answer.
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

/**
 * RFC 9110 §5.6.2: the characters of a scheme name. Whitespace around a field value is not part of it
 * (§5.5). Each pattern begins at one position, so that a long run of spaces costs linear time.
 */
const SCHEME = /^[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]*)/
/** RFC 9110 §11.4: one or more spaces, no tab. RFC 6750 §2.1: one b64token, so no comma. */
const CREDENTIALS = /^ +([A-Za-z0-9._~+/-]+=*)[ \t]*$/

export function parseBearer(authorization: string | null | undefined): BearerReading {
  if (authorization === null || authorization === undefined) return { kind: 'absent' }
  const { scheme, token } = parseCredentials(authorization)
  if (scheme !== 'bearer') return { kind: 'other_scheme' }
  return token === undefined ? { kind: 'malformed' } : { kind: 'bearer', token }
}

/** A token as it was sent. `token` is undefined for a malformed value. */
export type SentToken = { readonly scheme: 'Bearer' | 'DPoP'; readonly token: string | undefined }

/** Reads the credentials of either scheme. Undefined for no header and for another scheme. */
export function parseSentToken(authorization: string | null | undefined): SentToken | undefined {
  const { scheme, token } = parseCredentials(authorization ?? '')
  if (scheme === 'bearer') return { scheme: 'Bearer', token }
  return scheme === 'dpop' ? { scheme: 'DPoP', token } : undefined
}

/** Returns the token of the scheme `DPoP` (RFC 9449 §7.1), or undefined for any other value. */
export function parseDpopToken(authorization: string | null | undefined): string | undefined {
  const { scheme, token } = parseCredentials(authorization ?? '')
  return scheme === 'dpop' ? token : undefined
}

function parseCredentials(authorization: string) {
  const [start = '', scheme = ''] = SCHEME.exec(authorization) ?? []
  const token = CREDENTIALS.exec(authorization.slice(start.length))?.[1]
  // RFC 9110 §11.1: scheme names are case-insensitive.
  return { scheme: scheme.toLowerCase(), token }
}
