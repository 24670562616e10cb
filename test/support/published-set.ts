/** The published form of revoked tokens, computed by sorting text. */
import { sha256Hex } from '../../src/web/sha256.ts'

/** The first eight bytes of the SHA-256 of each `jti`, sorted. */
export function setOf(...jtis: readonly string[]): Uint8Array {
  const digits = jtis.map((jti) => sha256Hex(jti).slice(0, 16)).sort()
  return Uint8Array.from(digits.join('').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
}

export function recentOf(...jtis: readonly string[]): string {
  const text = btoa(String.fromCharCode(...setOf(...jtis)))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
