/**
 * Reads a request body under a cap that holds while reading, whatever the headers said (EXC-15).
 */

export type ReadBody = {
  /** Undefined when it was too large or is not UTF-8. */
  readonly text: string | undefined
  readonly isTooLarge: boolean
}

export async function readBody(request: Request, maxBytes: number): Promise<ReadBody> {
  const bytes = await readBytes(request, maxBytes)
  if (bytes === undefined) return { text: undefined, isTooLarge: true }
  return { text: decodeUtf8(bytes), isTooLarge: false }
}

/** Undefined when there are more than allowed. */
export async function readBytes(
  request: Request,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const declared = request.headers.get('content-length')
  if (declared !== null && Number(declared) > maxBytes) return undefined
  // With a declared length the platform itself ends the body there, so reading it whole is bounded.
  if (declared !== null) {
    const bytes = new Uint8Array(await request.arrayBuffer())
    return bytes.byteLength > maxBytes ? undefined : bytes
  }
  if (request.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > maxBytes) {
      await reader.cancel()
      return undefined
    }
    chunks.push(value)
  }
  return joinBytes(chunks, size)
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
