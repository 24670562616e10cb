/**
 * Converts a resource URI to a canonical form, so that two spellings of one resource compare as
 * equal (RFC 3986 §6.2.2 and §6.2.3). The form is used only for look-up: tokens and logs contain
 * the spelling of the trust document. Only necessary escapes are decoded, and no Unicode
 * normalization is applied.
 */

/**
 * RFC 3986 Appendix B, without a fragment: scheme, authority, path, query. The authority ends at its
 * end only, so that a long URI costs linear time (EXC-05).
 */
const PARTS = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*)(?=[/?]|$))?([^?#]*)(\?[^#]*)?$/
/**
 * User information is kept as it is. A host may be an address in brackets, and a port may be empty.
 */
const AUTHORITY = /^((?:[^@]*@)?)(\[[^\]]*\]|[^:[\]]*)(?::([0-9]*))?$/
const URN = /^([^:]*)(:.*)$/s
const DEFAULT_PORTS = new Map([
  ['http', '80'],
  ['https', '443'],
  ['ws', '80'],
  ['wss', '443'],
])

/**
 * A URI that is canonical, except that its path may be missing: without capitals in the host, a
 * port, escapes, dot segments, or a query. Most are like this, and each exchange compares several.
 */
const PLAIN = /^https:\/\/[a-z0-9.-]+(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*\/?$/
const PLAIN_HOST_START = 'https://'.length

/** RFC 8693 §2.1: an absolute URI without a fragment. */
const ABSOLUTE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s#]+$/

/** Whether a text can be the value of `resource`. */
export function isAbsoluteUri(text: string): boolean {
  return ABSOLUTE_URI.test(text)
}

/** Returns the same text for all spellings of a URI. Other text is returned unchanged. */
export function canonicalResource(uri: string): string {
  if (PLAIN.test(uri)) return uri.includes('/', PLAIN_HOST_START) ? uri : `${uri}/`
  return canonicalForm(uri)
}

function canonicalForm(uri: string): string {
  const [, scheme, authority, path = '', query = ''] = PARTS.exec(uri) ?? []
  if (scheme === undefined) return uri
  const name = foldAscii(scheme)
  if (name === 'urn') return `urn:${canonicalUrn(path)}${upperEscapes(query)}`
  const plain = decodeNeedless(path)
  const end = decodeNeedless(query)
  // §6.2.2.3 applies to rooted paths. In `x:a/../b` no segment is above another.
  const rooted = plain.startsWith('/') ? removeDotSegments(plain) : plain
  if (authority === undefined) return `${name}:${rooted}${end}`
  // §6.2.3: after an authority an empty path is the root.
  return `${name}://${canonicalAuthority(authority, name)}${rooted === '' ? '/' : rooted}${end}`
}

/**
 * RFC 8141 §3.1: the namespace is case-insensitive. Escapes are compared without case and not
 * decoded.
 */
function canonicalUrn(path: string): string {
  const [, namespace = path, rest = ''] = URN.exec(path) ?? []
  return `${foldAscii(namespace)}${upperEscapes(rest)}`
}

function canonicalAuthority(authority: string, scheme: string): string {
  const [, user = '', host, port = ''] = AUTHORITY.exec(authority) ?? []
  if (host === undefined) return authority
  const isPlain = port === '' || port === DEFAULT_PORTS.get(scheme)
  // Decode before lower-casing, because an escape may encode a capital letter.
  return `${user}${upperEscapes(foldAscii(decodeNeedless(host)))}${isPlain ? '' : `:${port}`}`
}

/** §6.2.2.1: the hexadecimal digits of an escape are case-insensitive. */
function upperEscapes(text: string): string {
  return text.replace(/%[0-9A-Fa-f]{2}/g, (digits) => digits.toUpperCase())
}

/** §6.2.2.2: decodes escaped letters, digits, hyphens, dots, underscores and tildes. */
function decodeNeedless(text: string): string {
  return upperEscapes(text).replace(/%[2-7][0-9A-F]/g, (octet) => {
    const character = String.fromCharCode(Number.parseInt(octet.slice(1), 16))
    return /[A-Za-z0-9._~-]/.test(character) ? character : octet
  })
}

/** §5.2.4: removes dot segments from a path that starts with a slash. */
function removeDotSegments(path: string): string {
  if (!path.includes('/.')) return path
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
    // `/a/.` and `/a/b/..` both end in the folder `/a/`.
    if (isLast && (segment === '.' || segment === '..')) kept.push('')
  }
  return `/${kept.join('/')}`
}

/** Lower-cases ASCII letters only, so that other Unicode letters stay different. */
function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
