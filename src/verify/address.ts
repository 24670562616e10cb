/**
 * Which addresses the verifier may talk to: the issuer it was given, and what that issuer
 * publishes under the same scheme, host and port. Nothing in a token ever leads to a fetch.
 */

const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '[::1]']

/**
 * An issuer identifier (RFC 8414 §2), written as its gateway writes it. Other spellings of the same
 * address are refused here, because no token would ever match them (PR-02).
 */
export function isIssuerUrl(value: string): boolean {
  const url = parseUrl(value)
  if (url === undefined || hasUserinfo(url) || /[?#]|\/$/.test(value)) return false
  if (url.href !== value && url.href !== `${value}/`) return false
  return (
    url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK_HOSTS.includes(url.hostname))
  )
}

/**
 * An address from the issuer's metadata, if it is the issuer's own. Otherwise one lying line in a
 * document would choose whose keys we trust, or who receives our callers' tokens (NET-04).
 */
export function readOwnAddress(value: unknown, issuer: string): string | undefined {
  const url = typeof value === 'string' ? parseUrl(value) : undefined
  if (url === undefined || hasUserinfo(url)) return undefined
  return url.origin === new URL(issuer).origin ? url.href : undefined
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
