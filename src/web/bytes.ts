/** Joins bytes and converts them to and from text. Base64 is in `base64.ts`. */

export function joinBytes(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

type NativeBytes = { readonly toHex?: () => string }

/** Returns two lower-case hex digits for each byte. Newer runtimes have a much faster method. */
export function toHex(bytes: Uint8Array): string {
  const { toHex: native } = bytes as NativeBytes
  if (native !== undefined) return native.call(bytes)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Decodes strict UTF-8 (RFC 3629). Returns undefined for overlong forms, surrogates and stray
 * bytes. A byte order mark stays in the text.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** Removes a byte order mark. RFC 8259 §8.1 allows that for JSON, and some senders write one. */
export function skipByteOrderMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text
}
