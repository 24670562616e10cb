/**
 * Which addresses the verifier may talk to: the issuer it was given, and what that issuer
 * publishes under the same scheme, host and port. Nothing in a token ever leads to a fetch.
 */
import { isLoopbackName } from '../../web/host.ts'
import { parseUrl } from '../../web/url-spelling.ts'

/**
 * The identifier of a resource that has metadata (RFC 9728 §1.2): a URL without a fragment, in the
 * spelling that every URL library gives it, because clients compare it letter by letter.
 */
export function isResourceUrl(value: unknown): value is string {
  const url = typeof value === 'string' ? parseUrl(value) : undefined
  if (url === undefined || String(value).includes('#')) return false
  return (url.href === value || url.href === `${value}/`) && isSafe(url)
}

/** An address that is quoted in challenges: what a URL library wrote has no quote and no space. */
export function isMetadataUrl(value: unknown): value is string {
  return isResourceUrl(value) && !/["\\]/.test(value)
}

/**
 * An address from the issuer's metadata, if it has the issuer's own origin. Otherwise a forged
 * document could choose whose keys are trusted, or who receives the tokens of callers (NET-04).
 */
export function readOwnAddress(value: unknown, issuer: string): string | undefined {
  const url = typeof value === 'string' ? parseUrl(value) : undefined
  if (url === undefined || hasUserinfo(url)) return undefined
  return url.origin === new URL(issuer).origin ? url.href : undefined
}

/** Nobody on the way can read or change what is said there. */
function isSafe(url: URL): boolean {
  if (hasUserinfo(url)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackName(url.hostname))
}

function hasUserinfo(url: URL): boolean {
  return url.username !== '' || url.password !== ''
}
