/**
 * Reads a request body up to a limit. The limit applies while reading, because `content-length` may
 * be wrong (EXC-15).
 */

import { decodeUtf8 } from '../../web/bytes.ts'
import { readBounded } from '../../web/read-bounded.ts'

export type ReadBody = {
  /** Undefined if the body is too large, incomplete or not UTF-8. */
  readonly text: string | undefined
  readonly isTooLarge: boolean
  readonly isEncoded?: boolean
}

export type ReadBytes =
  | { readonly bytes: Uint8Array; readonly isTooLarge: false }
  | { readonly bytes: undefined; readonly isTooLarge: boolean }

const TOO_LARGE: ReadBytes = { bytes: undefined, isTooLarge: true }
const BROKEN_OFF: ReadBytes = { bytes: undefined, isTooLarge: false }

export async function readBody(request: Request, maxBytes: number): Promise<ReadBody> {
  if (isEncoded(request)) return { text: undefined, isTooLarge: false, isEncoded: true }
  const declared = request.headers.get('content-length')
  if (declared === null) {
    const { bytes, isTooLarge } = await readBytes(request, maxBytes)
    return { text: bytes && decodeUtf8(bytes), isTooLarge }
  }
  const length = Number(declared)
  if (length > maxBytes) return { text: undefined, isTooLarge: true }
  try {
    // The platform ends the body at its declared length, so reading all of it is bounded.
    const text = await request.text()
    const bytes = text.length === length ? length : encoder.encode(text).byteLength
    if (bytes > maxBytes) return { text: undefined, isTooLarge: true }
    // Malformed UTF-8 becomes U+FFFD, and a byte order mark is dropped. A body that really contains
    // either is refused too.
    const isWhole = bytes === length && !text.includes('\ufffd')
    return { text: isWhole ? text : undefined, isTooLarge: false }
  } catch {
    return { text: undefined, isTooLarge: false }
  }
}

const encoder = new TextEncoder()

/** Whether the body is compressed. It is never decompressed: a small body could become very large. */
export function isEncoded(request: Request): boolean {
  return (request.headers.get('content-encoding') ?? 'identity').toLowerCase() !== 'identity'
}

/** Reads the body without decoding it. */
export async function readBytes(request: Request, maxBytes: number): Promise<ReadBytes> {
  const declared = request.headers.get('content-length')
  if (declared !== null && Number(declared) > maxBytes) return TOO_LARGE
  try {
    // The platform ends the body at its declared length, so reading all of it is bounded.
    if (declared !== null) return take(new Uint8Array(await request.arrayBuffer()), maxBytes)
    return take(await readBounded(request.body, maxBytes), maxBytes)
  } catch {
    // The caller disconnected or sent malformed chunks. This is a bad request, not a bug of the
    // gateway.
    return BROKEN_OFF
  }
}

function take(bytes: Uint8Array | undefined, maxBytes: number): ReadBytes {
  const isTooLarge = bytes === undefined || bytes.byteLength > maxBytes
  return isTooLarge ? TOO_LARGE : { bytes, isTooLarge }
}
