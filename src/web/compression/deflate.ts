/**
 * Compression in the ZLIB format (RFC 1950), with the streams that every runtime has. Their level
 * cannot be chosen.
 */
import { readBounded } from '../read-bounded.ts'

export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const body = new Response(bytes).body?.pipeThrough(new CompressionStream('deflate'))
  return new Uint8Array(await new Response(body).arrayBuffer())
}

/**
 * Returns undefined if the bytes are damaged, or if there are more than `maxBytes`. Then the rest is
 * not decompressed (SL-24).
 */
export async function inflateBounded(
  bytes: Uint8Array<ArrayBuffer>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const body = new Response(bytes).body?.pipeThrough(new DecompressionStream('deflate'))
  try {
    return await readBounded(body ?? null, maxBytes)
  } catch {
    return undefined
  }
}
