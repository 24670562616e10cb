/**
 * When two spellings name one resource: the comparison of RFC 3986 §6.2.2 and §6.2.3, as one
 * canonical form. It is for look-up alone: tokens and logs have the spelling of the trust document.
 * Text is compared as it stands; nothing is resolved, decoded beyond need, or read as Unicode.
 */

/** RFC 3986 Appendix B, without a fragment: scheme, authority, path, query. */
const PARTS = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?$/
/** User information stays as it is; a host may be an address in brackets; a port may be empty. */
const AUTHORITY = /^((?:[^@]*@)?)(\[[^\]]*\]|[^:[\]]*)(?::([0-9]*))?$/
const URN = /^([^:]*)(:.*)$/s
const DEFAULT_PORTS = new Map([
  ['http', '80'],
  ['https', '443'],
  ['ws', '80'],
  ['wss', '443'],
])

/** One text for all spellings of a URI; what is no URI is returned as it is. */
export function canonicalResource(uri: string): string {
  const [, scheme, authority, path = '', query = ''] = PARTS.exec(uri) ?? []
  if (scheme === undefined) return uri
  const name = foldAscii(scheme)
  if (name === 'urn') return `urn:${canonicalUrn(path)}${upperEscapes(query)}`
  const plain = decodeNeedless(path)
  const end = decodeNeedless(query)
  // §6.2.2.3 is about paths from a root: in `x:a/../b` no segment is above another.
  const rooted = plain.startsWith('/') ? removeDotSegments(plain) : plain
  if (authority === undefined) return `${name}:${rooted}${end}`
  // §6.2.3: after an authority an empty path is the root.
  return `${name}://${canonicalAuthority(authority, name)}${rooted === '' ? '/' : rooted}${end}`
}

/** RFC 8141 §3.1: the namespace has no case; escapes are compared without case and not decoded. */
function canonicalUrn(path: string): string {
  const [, namespace = path, rest = ''] = URN.exec(path) ?? []
  return `${foldAscii(namespace)}${upperEscapes(rest)}`
}

function canonicalAuthority(authority: string, scheme: string): string {
  const [, user = '', host, port = ''] = AUTHORITY.exec(authority) ?? []
  if (host === undefined) return authority
  const isPlain = port === '' || port === DEFAULT_PORTS.get(scheme)
  // Decoded before it is folded: an escape may stand for a capital letter.
  return `${user}${upperEscapes(foldAscii(decodeNeedless(host)))}${isPlain ? '' : `:${port}`}`
}

/** §6.2.2.1: the hexadecimal digits of an escape have no case. */
function upperEscapes(text: string): string {
  return text.replace(/%[0-9A-Fa-f]{2}/g, (digits) => digits.toUpperCase())
}

/** §6.2.2.2: an escaped letter, digit, hyphen, dot, underscore or tilde is that character. */
function decodeNeedless(text: string): string {
  return upperEscapes(text).replace(/%[2-7][0-9A-F]/g, (octet) => {
    const character = String.fromCharCode(Number.parseInt(octet.slice(1), 16))
    return /[A-Za-z0-9._~-]/.test(character) ? character : octet
  })
}

/** §5.2.4 for a path that starts with a slash. */
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

/** ASCII letters alone: nothing here is read as Unicode. */
function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
