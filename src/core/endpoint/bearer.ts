/** The bearer token of a request to our own endpoints; `protocol/bearer.ts` reads the header. */
import { parseBearer } from '../../protocol/bearer.ts'

/** The token, or undefined for another scheme or a malformed value (EXC-17). */
export function readBearer(authorization: string | undefined): string | undefined {
  const reading = parseBearer(authorization)
  return reading.kind === 'bearer' ? reading.token : undefined
}
