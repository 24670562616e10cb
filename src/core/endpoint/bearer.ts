/** Reads the bearer token of a request to this gateway. `protocol/bearer.ts` parses the header. */
import { parseBearer } from '../../protocol/bearer.ts'

/**
 * Returns the token, or undefined for another scheme or a malformed value. Otherwise credentials of
 * another kind could be read as a bearer token (EXC-17).
 */
export function readBearer(authorization: string | undefined): string | undefined {
  const reading = parseBearer(authorization)
  return reading.kind === 'bearer' ? reading.token : undefined
}
