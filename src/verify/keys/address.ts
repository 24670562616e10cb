/**
 * Which addresses the verifier may talk to: the issuer it was given, and what that issuer
 * publishes under the same scheme, host and port. Nothing in a token ever leads to a fetch.
 */

const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '[::1]']

/**
 * A `%` without two capital hex digits, and letters, digits and marks that are escaped without need
 * (RFC 3986 §6.2.2). A URL parser keeps them, and no gateway has an issuer that is spelt so.
 */
const SECOND_SPELLING = /%(?![\dA-F]{2})|%(?:2[DE]|3\d|4[1-9A-F]|5[\dA]|5F|6[1-9A-F]|7[\dAE])/

/**
 * An issuer identifier (RFC 8414 §2) in the spelling of its gateway. Another spelling of the same
 * address is refused here, because `iss` is compared exactly and no token would match it (PR-02).
 */
export function isIssuerUrl(value: string): boolean {
  const url = parseUrl(value)
  if (url === undefined || /[?#]|\/$/.test(value)) return false
  if (SECOND_SPELLING.test(value)) return false
  return (url.href === value || url.href === `${value}/`) && isSafe(url)
}

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
  return (
    url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK_HOSTS.includes(url.hostname))
  )
}

function hasUserinfo(url: URL): boolean {
  return url.username !== '' || url.password !== ''
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
