/**
 * Which strings may stand as an issuer URL. Checked on the text, never by parsing it into
 * something friendlier: two spellings of one host would be two issuers (CLM-09, NET-03).
 */

const HTTPS_ISSUER =
  /^https:\/\/[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+(?::[0-9]{2,5})?(?:\/[A-Za-z0-9._~%{}-]+)*\/?$/
const LOOPBACK_ISSUER =
  /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{2,5})?(?:\/[A-Za-z0-9._~-]+)*\/?$/
const LOOPBACK_GATEWAY =
  /^https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{2,5})?(?:\/[A-Za-z0-9._~-]+)*\/?$/
/** A host that ends so is read as an IPv4 address: `0x7f.1` is 127.0.0.1 (WHATWG URL §3.5). */
const NUMERIC_HOST = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/
/**
 * A port with a leading zero or beyond 65535, dot segments, and letters, digits and marks that are
 * percent-encoded without need (RFC 3986 §6.2.2): another text for a URL that has one already.
 */
const SECOND_SPELLING =
  /:0|:(?:[7-9]\d{4}|6[6-9]\d{3}|65[6-9]\d{2}|655[4-9]\d|6553[6-9])(?:\/|$)|\/(?:\.|%2[Ee]){1,2}(?:\/|$)|%(?:2[DdEe]|3\d|4[1-9A-Fa-f]|5[\dAa]|5[Ff]|6[1-9A-Fa-f]|7[\dAaEe])/
const INTERNAL_NAMES = ['.internal', '.local', '.localhost', '.localdomain']

/** A sentence that says why the URL cannot be an issuer here, or undefined. */
export function findIssuerUrlFault(
  url: string,
  options: { readonly localIssuers: boolean; readonly hasUploadedKeys: boolean },
): string | undefined {
  if (isLoopbackIssuer(url)) {
    return options.localIssuers
      ? undefined
      : 'is a loopback address: only --local-issuers allows it'
  }
  if (!HTTPS_ISSUER.test(url)) {
    return 'must be an https URL in lower case, with a DNS name and without query or fragment'
  }
  if (url.endsWith(':443') || url.includes(':443/')) return 'must not spell out the default port'
  if (SECOND_SPELLING.test(url)) return 'must be written as a URL parser would write it'
  const host = hostOf(url)
  if (NUMERIC_HOST.test(host)) return 'must not be an IP address'
  // Nobody fetches for an issuer whose keys stand in the document, so its name may be internal.
  if (!options.hasUploadedKeys && INTERNAL_NAMES.some((suffix) => host.endsWith(suffix))) {
    return 'is an internal name that cannot be reached: upload its keys'
  }
  return undefined
}

export function isLoopbackIssuer(url: string): boolean {
  return LOOPBACK_ISSUER.test(url)
}

/**
 * The gateway's own issuer URL: https, or http on this machine (RFC 8414 §2). A loopback name may be
 * https too: a reverse proxy with a certificate of this machine's own authority stands in front.
 */
export function isGatewayIssuer(url: string): boolean {
  return !url.endsWith('/') && (HTTPS_ISSUER.test(url) || LOOPBACK_GATEWAY.test(url))
}

/** Host without port of a URL that passed one of the checks above. */
export function hostOf(url: string): string {
  const start = url.indexOf('://') + 3
  const end = url.indexOf('/', start)
  return url.slice(start, end === -1 ? undefined : end).replace(/:[0-9]+$/, '')
}
