/**
 * Reads a stream up to a cap. The cap holds while reading: a declared length can lie, and a
 * compressed body grows (EXC-15, NET-07).
 */
import { joinBytes } from './bytes.ts'

/** A stream of the web, of Node, or anything else that gives bytes piece by piece. */
export type ByteSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** All bytes; undefined when there are more than `maxBytes`, and then the rest is not read. */
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

/** Not every browser can iterate over a stream of the web. */
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
