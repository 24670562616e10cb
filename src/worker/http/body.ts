/**
 * Reads a request body up to a cap. The cap holds while reading, because headers may lie (EXC-15).
 */

import { decodeUtf8 } from '../../web/bytes.ts'
import { readBounded } from '../../web/read-bounded.ts'

export type ReadBody = {
  /** Undefined when it was too large, broke off or is not UTF-8. */
  readonly text: string | undefined
  readonly isTooLarge: boolean
}

export type ReadBytes =
  | { readonly bytes: Uint8Array; readonly isTooLarge: false }
  | { readonly bytes: undefined; readonly isTooLarge: boolean }

const TOO_LARGE: ReadBytes = { bytes: undefined, isTooLarge: true }
const BROKEN_OFF: ReadBytes = { bytes: undefined, isTooLarge: false }

export async function readBody(request: Request, maxBytes: number): Promise<ReadBody> {
  const { bytes, isTooLarge } = await readBytes(request, maxBytes)
  return { text: bytes && decodeUtf8(bytes), isTooLarge }
}

/** The body as it came. */
export async function readBytes(request: Request, maxBytes: number): Promise<ReadBytes> {
  const declared = request.headers.get('content-length')
  if (declared !== null && Number(declared) > maxBytes) return TOO_LARGE
  try {
    // With a declared length the platform itself ends the body there: reading it whole is bounded.
    if (declared !== null) return take(new Uint8Array(await request.arrayBuffer()), maxBytes)
    return take(await readBounded(request.body, maxBytes), maxBytes)
  } catch {
    // The caller hung up or sent malformed chunks. That is a bad request and no bug of the gateway.
    return BROKEN_OFF
  }
}

function take(bytes: Uint8Array | undefined, maxBytes: number): ReadBytes {
  const isTooLarge = bytes === undefined || bytes.byteLength > maxBytes
  return isTooLarge ? TOO_LARGE : { bytes, isTooLarge }
}
