/** The formats of the ids that this gateway generates, each from `RANDOM_ID_BYTES` random bytes. */
import { encodeBase64Url } from '../../web/base64.ts'
import { RANDOM_ID_BYTES } from '../limits.ts'

const TOKEN_ID = new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((RANDOM_ID_BYTES * 8) / 6)}}$`)

/** A `jti`: base64url without padding. */
export function tokenIdOf(bytes: Uint8Array): string {
  return encodeBase64Url(bytes)
}

export function isTokenId(text: string): boolean {
  return TOKEN_ID.test(text)
}
