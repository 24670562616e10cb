/** Normalises the URL of a proof (RFC 9449 §4.3, RFC 3986 §6.2.2 and §6.2.3). */
import { canonicalPath, parseUrl } from '../../web/url-spelling.ts'
import { MAX_PROOF_URL_CHARACTERS } from './limits.ts'

/**
 * RFC 3986 §2: a URI has only visible ASCII. A URL parser accepts more: it reads `\` as `/`, removes
 * tabs and adds missing slashes, so that a proxy could read another URL (DPOP-03).
 */
const HTTP_URL = /^https?:\/\/(?![/\\?#@])[!-[\]-~]+$/i

/**
 * Returns the URL without query and fragment: scheme and host in lower case, no default port, no dot
 * segments, and only the necessary escapes, in capitals. Undefined for any other text, and for a URL
 * with a user name.
 */
export function normaliseHtu(text: string): string | undefined {
  if (text.length > MAX_PROOF_URL_CHARACTERS || !HTTP_URL.test(text)) return undefined
  const url = parseUrl(text)
  if (url === undefined || url.username !== '' || url.password !== '') return undefined
  return `${url.origin}${canonicalPath(url.pathname)}`
}
