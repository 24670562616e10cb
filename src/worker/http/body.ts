/**
 * Reads a request body up to a cap. The cap holds while reading, because headers may lie (EXC-15).
 */

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
    if (request.body === null) return take(new Uint8Array(), maxBytes)
    return await readStream(request.body.getReader(), maxBytes)
  } catch {
    // The caller hung up or sent malformed chunks. That is a bad request and no bug of the gateway.
    return BROKEN_OFF
  }
}

function take(bytes: Uint8Array, maxBytes: number): ReadBytes {
  return bytes.byteLength > maxBytes ? TOO_LARGE : { bytes, isTooLarge: false }
}

async function readStream(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
): Promise<ReadBytes> {
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > maxBytes) {
      await reader.cancel()
      return TOO_LARGE
    }
    chunks.push(value)
  }
  return take(joinBytes(chunks, size), maxBytes)
}

export function joinBytes(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Undefined for what is not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
