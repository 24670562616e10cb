/**
 * Reads a stream up to a limit. The bytes are counted while reading, because a declared length can
 * be wrong and a compressed body grows (EXC-15, NET-07).
 */
import { joinBytes } from './bytes.ts'

/** A web stream, a Node stream, or another source of byte chunks. */
export type ByteSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** Returns all bytes, or undefined if there are more than `maxBytes`. Then the rest is not read. */
export async function readBounded(
  source: ByteSource | null,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of source === null ? [] : piecesOf(source)) {
    size += chunk.byteLength
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  return joinBytes(chunks)
}

/** Iterates over the chunks. Some browsers cannot iterate over a web stream directly. */
async function* piecesOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  if (!('getReader' in source)) return yield* source
  const reader = source.getReader()
  let isDone = false
  try {
    while (!isDone) {
      const { done, value } = await reader.read()
      isDone = done
      if (value !== undefined) yield value
    }
  } finally {
    if (!isDone) await reader.cancel()
  }
}
