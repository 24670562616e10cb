/**
 * Reads the client certificate that Cloudflare verified for the connection of a request (RFC 8705).
 * No header is read, because a caller can send any header.
 */

/**
 * Returns the SHA-256 digest of the certificate in hex. Undefined for a connection without a
 * certificate, for a certificate that is revoked or was not verified, and on other platforms.
 */
export function readPlatformCertificate(request: object): string | undefined {
  const certificate = readCf(request)?.tlsClientAuth
  if (typeof certificate !== 'object' || certificate === null) return undefined
  const { certPresented, certVerified, certRevoked, certFingerprintSHA256 } =
    certificate as Readonly<Record<string, unknown>>
  if (certPresented !== '1' || certVerified !== 'SUCCESS' || certRevoked === '1') return undefined
  return typeof certFingerprintSHA256 === 'string' ? certFingerprintSHA256 : undefined
}

function readCf(request: object): { readonly tlsClientAuth?: unknown } | undefined {
  try {
    const { cf } = request as { readonly cf?: unknown }
    return typeof cf === 'object' && cf !== null ? cf : undefined
  } catch {
    // workerd without Cloudflare in front of it throws for a value that is not JSON.
    return undefined
  }
}
