/**
 * Encodes and decodes base64 and base64url. It uses the `Uint8Array` methods of newer runtimes,
 * which are several times faster, or else `atob` and `btoa`. A caller that must accept only one
 * spelling of a value checks it with `isBase64Url` first.
 */

type Native = {
  readonly fromBase64?: (text: string, options: object) => Uint8Array<ArrayBuffer>
}
type NativeBytes = { readonly toBase64?: (options: object) => string }

const BASE64URL = { alphabet: 'base64url', omitPadding: true }

/** Base64url without padding (RFC 7515 §2). */
export function encodeBase64Url(bytes: Uint8Array): string {
  const { toBase64 } = bytes as NativeBytes
  if (toBase64 !== undefined) return toBase64.call(bytes, BASE64URL)
  let text = ''
  for (let at = 0; at < bytes.length; at += MAX_RUN_BYTES) {
    text += String.fromCharCode(...bytes.subarray(at, at + MAX_RUN_BYTES))
  }
  return btoa(text).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')
}

/** The number of arguments for one call of `String.fromCharCode`. */
const MAX_RUN_BYTES = 8192

/** Decodes base64url without padding. Throws for any other text. */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as Native
  if (fromBase64 !== undefined) return fromBase64(text, BASE64URL)
  const characters = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = new Uint8Array(characters.length)
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = characters.charCodeAt(at)
  return bytes
}

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/

/** Decodes base64url or base64, with or without padding. Returns undefined for any other value. */
export function decodeBase64(value: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof value !== 'string' || !BASE64.test(value)) return undefined
  const text = value.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')
  return text.length % 4 === 1 ? undefined : decodeBase64Url(text)
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const DIGITS = /^[A-Za-z0-9_-]+$/

/** The value of one digit of base64url, 0 to 63; -1 for another character. */
export function digitAt(text: string, index: number): number {
  return ALPHABET.indexOf(text.charAt(index))
}

/**
 * Whether a text is the canonical spelling of its bytes: unused bits must be zero (RFC 4648 §3.5).
 * Otherwise one token would have several spellings (TOK-10).
 */
export function isBase64Url(text: string): boolean {
  return DIGITS.test(text) && hasCanonicalEnd(text)
}

/** As `isBase64Url`, for a text that has only digits of base64url. */
export function hasCanonicalEnd(text: string): boolean {
  const last = digitAt(text, text.length - 1)
  switch (text.length % 4) {
    case 1:
      return false
    case 2:
      return (last & 0xf) === 0
    case 3:
      return (last & 0x3) === 0
    default:
      return true
  }
}
