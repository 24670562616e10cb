/**
 * Decides which URLs the verifier may request: the configured issuer, and URLs in its metadata with
 * the same scheme, host and port. A URL in a token is never requested.
 */
import { isLoopbackName } from '../../web/host.ts'
import { parseUrl } from '../../web/url-spelling.ts'

/**
 * Whether the value can identify a resource with metadata (RFC 9728 §1.2): a URL without a fragment,
 * in the spelling of a URL parser, because clients compare it character by character.
 */
export function isResourceUrl(value: unknown): value is string {
  const url = typeof value === 'string' ? parseUrl(value) : undefined
  if (url === undefined || String(value).includes('#')) return false
  return (url.href === value || url.href === `${value}/`) && isSafe(url)
}

/** Whether a URL can be quoted in a challenge. It must contain no quote and no backslash. */
export function isMetadataUrl(value: unknown): value is string {
  return isResourceUrl(value) && !/["\\]/.test(value)
}

/**
 * Returns a URL from the issuer's metadata if it has the issuer's origin. Otherwise a forged document
 * could choose whose keys are trusted, or who receives the tokens of callers (NET-04).
 */
export function readOwnAddress(value: unknown, issuer: string): string | undefined {
  const url = typeof value === 'string' ? parseUrl(value) : undefined
  if (url === undefined || hasUserinfo(url)) return undefined
  return url.origin === new URL(issuer).origin ? url.href : undefined
}

/** Whether the connection is protected from third parties: https, or http to a loopback address. */
function isSafe(url: URL): boolean {
  if (hasUserinfo(url)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackName(url.hostname))
}

function hasUserinfo(url: URL): boolean {
  return url.username !== '' || url.password !== ''
}
