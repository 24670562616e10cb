/**
 * Decides which URLs may be an issuer, a URL to fetch, or the gateway's own issuer, by scheme and
 * host. The Worker, `serve`, `validate` and the verifier share these rules.
 */
import { isLoopbackName } from './host.ts'
import { describeFault, findSpellingFault, parseUrl, type SpellingFault } from './url-spelling.ts'

/**
 * The last two are those of services in a Kubernetes cluster. `kubernetes.default.svc` is another
 * party in each cluster (ISS-03).
 */
const INTERNAL_NAMES = ['.internal', '.local', '.localhost', '.localdomain', '.svc', '.default']

/** Returns why the URL is not allowed as an issuer, or undefined. */
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
  // Uploaded keys are not fetched, so the issuer's name may be internal.
  if (!options.hasUploadedKeys && INTERNAL_NAMES.some((suffix) => host.endsWith(suffix))) {
    return 'is an internal name that cannot be reached: upload its keys'
  }
  return undefined
}

/** Whether a URL is plain http on this machine. */
export function isLoopbackIssuer(url: string): boolean {
  return url.startsWith('http://') && isLoopbackName(hostOf(url))
}

/**
 * Returns what is wrong with the gateway's own issuer URL, or undefined. It must be https, or http
 * on this machine (RFC 8414 §2). A loopback name may also be https, for a reverse proxy with a
 * certificate of a local authority.
 */
export function findGatewayIssuerFault(url: string): SpellingFault | undefined {
  const spelling = findSpellingFault(url)
  // The slash would be the next fault.
  if (spelling !== undefined) {
    return { problem: spelling.problem, expected: spelling.expected?.replace(/\/$/, '') }
  }
  const fault = (problem: string) => ({ problem, expected: undefined })
  if (url.endsWith('/')) return { problem: 'must not end in a slash', expected: url.slice(0, -1) }
  const host = hostOf(url)
  if (isLoopbackName(host)) return undefined
  if (!url.startsWith('https://')) return fault('must begin with https://, or http:// on loopback')
  if (host.startsWith('[') || !host.includes('.')) {
    return fault('must have a DNS name with a dot, or a loopback name, as its host')
  }
  return undefined
}

/** Returns the host without its port, as a URL parser writes it. Empty if there is none. */
export function hostOf(url: string): string {
  return parseUrl(url)?.hostname ?? ''
}

/**
 * Whether a host is an IP address. A URL parser has already normalized IPv4: `0x7f.1` is
 * `127.0.0.1` (WHATWG URL §3.5).
 */
function isAddress(host: string): boolean {
  return host.startsWith('[') || /^[0-9.]+$/.test(host)
}
