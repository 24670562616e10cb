/** The bearer token of a request to our own endpoints; `protocol/bearer.ts` reads the header. */
import { parseBearer } from '../../protocol/bearer.ts'

/**
 * The token; undefined for another scheme or a malformed value. Otherwise credentials of another
 * kind could be taken for a bearer token (EXC-17).
 */
export function readBearer(authorization: string | undefined): string | undefined {
  const reading = parseBearer(authorization)
  return reading.kind === 'bearer' ? reading.token : undefined
}
