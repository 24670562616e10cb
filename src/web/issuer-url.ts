/**
 * Which URLs may stand as an issuer, as an address that is fetched, or as the gateway's own: which
 * schemes and which hosts. How they are spelt is `url-spelling.ts`' question.
 */
import { describeFault, findSpellingFault, type SpellingFault } from './url-spelling.ts'

const LOOPBACK_ISSUER = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?(?:\/|$)/
const LOOPBACK_GATEWAY = /^https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?(?:\/|$)/
/** A host that ends so is read as an IPv4 address: `0x7f.1` is 127.0.0.1 (WHATWG URL §3.5). */
const NUMERIC_HOST = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/
const INTERNAL_NAMES = ['.internal', '.local', '.localhost', '.localdomain']

/** A sentence that says why the URL cannot be an issuer here, or undefined. */
export function findIssuerUrlFault(
  url: string,
  options: { readonly localIssuers: boolean; readonly hasUploadedKeys: boolean },
): string | undefined {
  const host = hostOf(url)
  if (url.startsWith('https://') && isAddress(host)) {
    return 'must not be an IP address: write a DNS name'
  }
  const spelling = findSpellingFault(url)
  if (spelling !== undefined) return describeFault(spelling)
  if (isLoopbackIssuer(url)) {
    return options.localIssuers
      ? undefined
      : 'is a loopback address: only --local-issuers allows it'
  }
  if (!url.startsWith('https://')) return 'must begin with https://'
  if (!host.includes('.')) return 'has a host of one label: write the whole DNS name'
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
 * What is wrong with the gateway's own issuer URL: it is https, or http on this machine (RFC 8414
 * §2). A loopback name may be https too: a reverse proxy with a certificate of this machine's own
 * authority is in front.
 */
export function findGatewayIssuerFault(url: string): SpellingFault | undefined {
  const spelling = findSpellingFault(url)
  if (spelling !== undefined) return spelling
  const fault = (problem: string) => ({ problem, expected: undefined })
  if (url.endsWith('/')) {
    return { problem: 'must not end in a slash', expected: url.replace(/\/+$/, '') }
  }
  if (LOOPBACK_GATEWAY.test(url)) return undefined
  if (!url.startsWith('https://')) return fault('must begin with https://, or http:// on loopback')
  const host = hostOf(url)
  if (host.startsWith('[') || !host.includes('.')) {
    return fault('must have a DNS name with a dot, or a loopback name, as its host')
  }
  return undefined
}

/** Host without port of a URL that passed one of the checks above. */
export function hostOf(url: string): string {
  const start = url.indexOf('://') + 3
  const end = url.indexOf('/', start)
  return url.slice(start, end === -1 ? undefined : end).replace(/:[0-9]+$/, '')
}

function isAddress(host: string): boolean {
  return NUMERIC_HOST.test(host) || host.startsWith('[')
}
