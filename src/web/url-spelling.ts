/**
 * The one spelling of a URL in a trust document or a setting: what a URL parser writes, with only
 * the escapes that are needed, in capitals. A second spelling would make one address two issuers
 * (CLM-09), or one bundle the bundle of two trust domains (ISS-06). The checks name the part that
 * is wrong, and the URL parser decides last.
 */
import { MAX_HOST_CHARACTERS, MAX_HOST_LABEL_CHARACTERS } from './limits.ts'

/** The platform's own class: it calculates and reaches nothing. */
declare const URL: new (text: string) => { readonly href: string }

/** What is wrong, without a word of the URL itself, and how it is written instead, if that is known. */
export type SpellingFault = { readonly problem: string; readonly expected: string | undefined }

const PARTS = /^([^:/?#\\]+):\/\/([^/?#\\]*)([^?#]*)(\??)[^#]*(#?)/
/** RFC 3986 §3.3: what a path segment may hold besides escapes. */
const SEGMENT = /^(?:[\w.~!$&'()*+,;=:@-]|%[\dA-Fa-f]{2})*$/
/** Letters, digits and marks that need no escape (RFC 3986 §2.3). */
const NEEDLESS_ESCAPE = /%(?:2[DdEe]|3\d|4[1-9A-Fa-f]|5[\dAa]|5[Ff]|6[1-9A-Fa-f]|7[\dAaEe])/
const CONTROL_ESCAPE = /%(?:[01][\dA-Fa-f]|7[Ff])/
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/
const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ['https', '443'],
  ['http', '80'],
])

/** Undefined for an http or https URL in its one spelling, without query, fragment and user. */
export function findSpellingFault(url: string): SpellingFault | undefined {
  const problem = findProblem(url)
  if (problem !== undefined) return { problem, expected: respell(url) }
  const written = parse(url)
  if (written === undefined)
    return { problem: 'is no URL: its host cannot be read', expected: written }
  const isSame = written === url || written === `${url}/`
  return isSame ? undefined : { problem: 'is not as a URL parser writes it', expected: written }
}

/** The fault as one sentence part, to stand behind the URL. */
export function describeFault({ problem, expected }: SpellingFault): string {
  return expected === undefined ? problem : `${problem}: write ${expected}`
}

function findProblem(url: string): string | undefined {
  const parts = PARTS.exec(url)
  if (parts === null) return 'must begin with https:// and a host'
  const [, scheme = '', authority = '', path = '', query, fragment] = parts
  if (scheme !== 'https' && scheme !== 'http') {
    return /^https?$/i.test(scheme) ? 'has capitals in its scheme' : 'must begin with https://'
  }
  if (query !== '') return 'must have no query'
  if (fragment !== '') return 'must have no fragment'
  if (authority.includes('@')) return 'must have no user name and no password'
  return findHostProblem(authority, scheme) ?? findPathProblem(path)
}

function findHostProblem(authority: string, scheme: string): string | undefined {
  const [, host = '', colon, port = ''] = /^(\[[^\]]*\]|[^:]*)(:?)(.*)$/s.exec(authority) ?? []
  if (host === '') return 'has no host'
  if (host.startsWith('[')) return findPortProblem(colon, port, scheme)
  if (/[^\x21-\x7e]/.test(host)) return 'has a host that is not ASCII'
  if (/[A-Z]/.test(host)) return 'has capitals in its host'
  if (host.endsWith('.')) return 'has a host that ends in a dot'
  if (host.length > MAX_HOST_CHARACTERS) {
    return `has a host of more than ${MAX_HOST_CHARACTERS} characters`
  }
  for (const label of host.split('.')) {
    if (label === '') return 'has an empty host label'
    if (label.length > MAX_HOST_LABEL_CHARACTERS) {
      return `has a host label of more than ${MAX_HOST_LABEL_CHARACTERS} characters`
    }
    if (!LABEL.test(label)) {
      return 'has a host label that is not made of a-z, 0-9, "_" and inner "-"'
    }
  }
  return findPortProblem(colon, port, scheme)
}

function findPortProblem(colon: string | undefined, port: string, scheme: string) {
  if (colon !== ':') return undefined
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535) {
    return 'has a port that is no number from 1 to 65535 without leading zeros'
  }
  if (DEFAULT_PORTS.get(scheme) === port) return `must leave out the default port ${port}`
  return undefined
}

function findPathProblem(path: string): string | undefined {
  if (path.includes('\\')) return 'has a backslash in its path'
  const segments = path.split('/').slice(1)
  for (const [index, segment] of segments.entries()) {
    // A URL may end in a slash: that is an empty last segment.
    if (segment === '' && index < segments.length - 1) return 'has an empty path segment'
    if (/^(?:\.|%2[Ee]){1,2}$/.test(segment)) return 'has a path segment of dots alone'
    const problem = findSegmentProblem(segment)
    if (problem !== undefined) return problem
  }
  return undefined
}

function findSegmentProblem(segment: string): string | undefined {
  if (/%(?![\dA-Fa-f]{2})/.test(segment)) return 'has a "%" in its path without two hex digits'
  if (!SEGMENT.test(segment)) return 'has a character in its path that must be escaped'
  if (NEEDLESS_ESCAPE.test(segment)) return 'has an escape in its path that is not needed'
  if (CONTROL_ESCAPE.test(segment)) return 'has an escaped control character in its path'
  if (/%(?:[a-f]|.[a-f])/.test(segment)) return 'has an escape in small letters in its path'
  try {
    decodeURIComponent(segment)
  } catch {
    return 'has escapes in its path that are not UTF-8'
  }
  return undefined
}

/** What the author probably meant; undefined unless that is a good spelling itself. */
function respell(url: string): string | undefined {
  const escaped = url
    .replace(/%(?![\dA-Fa-f]{2})/g, '%25')
    .replace(/%[\dA-Fa-f]{2}/g, (triplet) =>
      NEEDLESS_ESCAPE.test(triplet) ? decodeURIComponent(triplet) : triplet.toUpperCase(),
    )
  const written = parse(escaped)
  if (written === undefined) return undefined
  // The parser adds a slash where there is no path: two issuers may differ in it.
  const hasPath = /^[^:]+:\/\/[^/?#]*[/\\]/.test(escaped)
  const shown = hasPath ? written : written.replace(/\/$/, '')
  return shown === url || findProblem(shown) !== undefined ? undefined : shown
}

function parse(url: string): string | undefined {
  try {
    return new URL(url).href
  } catch {
    return undefined
  }
}
