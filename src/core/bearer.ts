/** Reads a bearer token from an `Authorization` header (RFC 6750 §2.1), and nothing looser. */

const BEARER = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i

/** The token, or undefined for another scheme or a malformed value (EXC-17). */
export function readBearer(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization)?.[1]
}
