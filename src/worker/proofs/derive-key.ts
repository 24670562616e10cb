/**
 * Derives keys for authentication codes from the signing keys of a deployment and its issuer URL
 * (RFC 5869), so that no further secret is needed, and all isolates have the same key.
 */

/** `purpose` separates keys of different uses. Undefined if there is no signing key. */
export async function deriveMacKey(
  signingKeys: readonly string[],
  issuer: string,
  purpose: string,
): Promise<CryptoKey | undefined> {
  if (signingKeys.length === 0) return undefined
  const encoder = new TextEncoder()
  const secret = encoder.encode(JSON.stringify([...signingKeys].sort()))
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: encoder.encode(purpose), info: encoder.encode(issuer) },
    base,
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign', 'verify'],
  )
}
