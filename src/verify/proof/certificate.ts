/** Compares the certificate of a connection with that of a token (RFC 8705 §3.1). */
import { encodeBase64Url } from '../../web/base64.ts'

/** SHA-256 in hex, with or without colons, as platforms write fingerprints. */
const HEX = /^[0-9a-f]{2}(?::?[0-9a-f]{2}){31}$/i
/** SHA-256 in base64url, without padding. */
const BASE64URL = /^[A-Za-z0-9_-]{43}$/

/** `digest` is the value of the claim. `found` is undefined for a connection without a certificate. */
export function isSameCertificate(found: string | undefined, digest: string): boolean {
  if (typeof found !== 'string') return false
  if (BASE64URL.test(found)) return found === digest
  if (!HEX.test(found)) return false
  const octets = found.replaceAll(':', '').match(/../g) ?? []
  return encodeBase64Url(Uint8Array.from(octets, (octet) => Number.parseInt(octet, 16))) === digest
}
