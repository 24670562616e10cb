/**
 * Checks that a URL in a trust document, a setting or an option is in canonical form: as a URL
 * parser writes it, with only the necessary escapes, in capitals. A second spelling would make one
 * address two issuers (CLM-09), or one bundle the bundle of two trust domains (ISS-06).
 * `issuer-url.ts` decides which schemes and hosts are allowed.
 */
import { MAX_HOST_CHARACTERS, MAX_HOST_LABEL_CHARACTERS } from './limits.ts'

/** The problem, without any part of the URL, and the canonical form, if there is one. */
export type SpellingFault = { readonly problem: string; readonly expected: string | undefined }

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/
/** RFC 3986 §2.3: characters that never need an escape. */
const UNRESERVED = /^[\w.~-]$/
/**
 * RFC 3986 §3.3: characters that a path must escape. A URL parser leaves some of them unescaped.
 */
const UNESCAPED = /[^\w.~!$&'()*+,;=:@%/-]/g
const CONTROL_ESCAPE = /%(?:[01][\dA-F]|7F)/

/**
 * Returns the fault, or undefined for an http or https URL in canonical form, without query,
 * fragment and user.
 */
export function findSpellingFault(text: string): SpellingFault | undefined {
  const url = parseUrl(text)
  if (url === undefined || !/^https?:$/.test(url.protocol)) return refuse(describeUnread(text))
  if (text.includes('?')) return refuse('must have no query')
  if (text.includes('#')) return refuse('must have no fragment')
  if (url.username !== '' || url.password !== '') {
    return refuse('must have no user name and no password')
  }
  const path = canonicalPath(url.pathname)
  const problem = findHostProblem(url) ?? findPathProblem(path)
  if (problem !== undefined) return refuse(problem)
  // A URL parser adds a slash if there is no path. Two issuers may differ only in that slash.
  const hasPath = path !== '/' || text.trim().includes('/', 'https://'.length)
  const expected = hasPath ? `${url.origin}${path}` : url.origin
  return text === expected ? undefined : { problem: 'is not in canonical form', expected }
}

/** Describes the fault, as the end of a sentence that begins with the URL or its name. */
export function describeFault({ problem, expected }: SpellingFault): string {
  return expected === undefined ? problem : `${problem}: write ${expected}`
}

/** Parses a URL. Returns undefined for any other text. */
export function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

function refuse(problem: string): SpellingFault {
  return { problem, expected: undefined }
}

function describeUnread(text: string): string {
  return /^https?:\/\/./i.test(text) ? 'is not a valid URL' : 'must begin with https:// and a host'
}

function findHostProblem({ hostname, port }: URL): string | undefined {
  if (port === '0') return 'must not have port 0'
  if (hostname.startsWith('[')) return undefined
  if (hostname.endsWith('.')) return 'has a host that ends in a dot'
  if (hostname.length > MAX_HOST_CHARACTERS) {
    return `has a host of more than ${MAX_HOST_CHARACTERS} characters`
  }
  for (const label of hostname.split('.')) {
    if (label === '') return 'has an empty host label'
    if (label.length > MAX_HOST_LABEL_CHARACTERS) {
      return `has a host label of more than ${MAX_HOST_LABEL_CHARACTERS} characters`
    }
    if (!LABEL.test(label)) {
      return 'has a host label that is not made of a-z, 0-9, "_" and inner "-"'
    }
  }
  return undefined
}

/** Finds a problem of a path that is already in canonical form. */
function findPathProblem(path: string): string | undefined {
  if (path.includes('//')) return 'has an empty path segment'
  if (CONTROL_ESCAPE.test(path)) return 'has an escaped control character in its path'
  try {
    decodeURIComponent(path)
  } catch {
    return 'has escapes in its path that are not UTF-8'
  }
  return undefined
}

/**
 * Normalizes escapes. A URL parser resolves dot segments, but does not change escapes or a `%` that
 * begins none.
 */
export function canonicalPath(path: string): string {
  return path
    .replace(/%(?![\dA-Fa-f]{2})/g, '%25')
    .replace(/%[\dA-Fa-f]{2}/g, canonicalEscape)
    .replace(UNESCAPED, encodeURIComponent)
}

function canonicalEscape(octet: string): string {
  const character = String.fromCharCode(Number.parseInt(octet.slice(1), 16))
  return UNRESERVED.test(character) ? character : octet.toUpperCase()
}
