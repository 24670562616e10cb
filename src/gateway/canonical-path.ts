/**
 * Checks that a request's path can be read in only one way. If the origin read a path differently
 * from the route table, a route would protect nothing. The gateway therefore refuses every spelling
 * that servers are known to disagree about, and forwards the matched path unchanged (EXC-16).
 */
import { MAX_PATH_CHARACTERS } from './limits.ts'

export type CanonicalPath = {
  /** As it was received and is forwarded, percent-encoded. */
  readonly text: string
  /** With `?`, or empty. */
  readonly search: string
  /** Decoded, for matching. A trailing slash leaves an empty last segment. */
  readonly segments: readonly string[]
}

/** Splits a URL into the part before the path, and the path. A request has no fragment. */
const REQUEST_URL = /^[a-z]+:\/\/[^/?#\\]+(\/[^?#]*)(?:\?[^#]*)?$/i
/** RFC 3986 §6.2.2.2: letters, digits and `-._~` must not be percent-encoded. */
const ENCODED_UNRESERVED = /%(?:2[de]|3\d|4[1-9a-f]|5[\daf]|6[1-9a-f]|7[\dae])/i
/** Characters that some servers treat as separators, or that a second decoding turns into one. */
const DISPUTED = /[/\\;?#\p{Cc}]|%[\da-f]{2}/iu

/** The segments of the path, or undefined if two servers could read the path differently. */
export function parseCanonicalPath(url: string): CanonicalPath | undefined {
  const text = REQUEST_URL.exec(url)?.[1]
  if (text === undefined || text.length > MAX_PATH_CHARACTERS) return undefined
  const parsed = parseUrl(url)
  // workerd passes the path as it was sent. A URL library changes dot segments, backslashes and
  // spaces, so `fetch` would forward a different path.
  if (parsed?.pathname !== text) return undefined
  const segments = text.slice(1).split('/').map(decodeSegment)
  const isPlain = (segment: string | undefined, index: number) =>
    segment !== undefined && isPlainSegment(segment, index === segments.length - 1)
  if (!segments.every(isPlain)) return undefined
  return { text, search: parsed.search, segments: segments as readonly string[] }
}

const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu
/**
 * Characters that servers trim or ignore. Some servers read `.. ` or `..` with a zero-width mark as
 * `..`.
 */
const UNSEEN = /[\s\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** Whether every server reads this text as one segment with exactly these characters. */
export function isPlainSegment(segment: string, isLast: boolean): boolean {
  if (segment === '') return isLast
  // A server that normalizes text after decoding turns full-width slashes and dots into plain ones.
  const folded = segment.normalize('NFKC')
  if (DISPUTED.test(segment) || DISPUTED.test(folded)) return false
  // A segment of only dots and invisible characters is a dot segment or an empty segment to a server
  // that trims. Windows drops trailing dots of a name, so `...` is one as well.
  return !/^\.*$/.test(folded.replace(UNSEEN, ''))
}

/**
 * The path as the most lenient origin reads it: without case and without a trailing slash, and each
 * name without surrounding spaces, invisible characters and the trailing dots that Windows drops.
 */
export function foldSegments(segments: readonly string[]): readonly string[] {
  const named = segments.at(-1) === '' ? segments.slice(0, -1) : segments
  return named.map((segment) => {
    return trimDots(foldCase(segment.normalize('NFKC').replace(INVISIBLE, '')).trim())
  })
}

/**
 * Some servers compare names in upper case, where a dotless i becomes `I` and a sharp s becomes `SS`.
 * Some map a capital I with a dot to `i` alone.
 */
function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().replaceAll('i\u0307', 'i')
}

/** Removes dots and spaces at the end, but not the first character. A pattern takes quadratic time. */
function trimDots(name: string): string {
  let end = name.length
  while (end > 1 && /[.\s]/.test(name.charAt(end - 1))) end -= 1
  return name.slice(0, end)
}

function decodeSegment(segment: string): string | undefined {
  if (ENCODED_UNRESERVED.test(segment)) return undefined
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

function parseUrl(url: string): URL | undefined {
  try {
    return new URL(url)
  } catch {
    return undefined
  }
}
