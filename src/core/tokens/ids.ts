/** The formats of the ids that this gateway generates, each from `RANDOM_ID_BYTES` random bytes. */

import {
  formatPosition,
  POSITION_CHARACTERS,
  type StatusPosition,
} from '../../protocol/status/status-list.ts'
import { encodeBase64Url } from '../../web/base64.ts'
import { RANDOM_ID_BYTES } from '../limits.ts'

const RANDOM_CHARACTERS = Math.ceil((RANDOM_ID_BYTES * 8) / 6)
const TOKEN_ID = new RegExp(
  `^(?:[A-Za-z0-9_-]{${POSITION_CHARACTERS}})?[A-Za-z0-9_-]{${RANDOM_CHARACTERS}}$`,
)

/** A `jti`: base64url without padding. */
export function tokenIdOf(bytes: Uint8Array): string {
  return encodeBase64Url(bytes)
}

/**
 * The `jti` of a token with a status: its position, then the random characters. Whoever has the
 * `jti` can revoke the token, and the random part stays as long as in any other `jti` (OUT-04).
 */
export function tokenIdAt(position: StatusPosition, tokenId: string): string {
  return formatPosition(position) + tokenId
}

export function isTokenId(text: string): boolean {
  return TOKEN_ID.test(text)
}
