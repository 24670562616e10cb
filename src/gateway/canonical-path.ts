/**
 * The one reading of a request's path. A route protects nothing when the origin reads a path in
 * another way than the route table did, so every spelling that servers are known to disagree about
 * is refused, and what was matched is, letter by letter, what is sent on (WRK, EXC-16).
 */
import { MAX_PATH_CHARACTERS } from './limits.ts'

export type CanonicalPath = {
  /** As it came and as it goes on, percent-encoded. */
  readonly text: string
  /** With `?`, or empty. */
  readonly search: string
  /** Decoded, for matching. A trailing slash leaves an empty last segment. */
  readonly segments: readonly string[]
}

/** Everything up to the path, and the path. A fragment has no business in a request. */
const REQUEST_URL = /^[a-z]+:\/\/[^/?#\\]+(\/[^?#]*)(?:\?[^#]*)?$/i
/** RFC 3986 §6.2.2.2: letters, digits and `-._~` have one spelling, which is not encoded. */
const ENCODED_UNRESERVED = /%(?:2[de]|3\d|4[1-9a-f]|5[\daf]|6[1-9a-f]|7[\dae])/i
/** Separators of some server or other, and what a second decoding would turn into one. */
const DISPUTED = /[/\\;?#\p{Cc}]|%[\da-f]{2}/iu

/** Undefined for a path that two servers could read in two ways. */
export function parseCanonicalPath(url: string): CanonicalPath | undefined {
  const text = REQUEST_URL.exec(url)?.[1]
  if (text === undefined || text.length > MAX_PATH_CHARACTERS) return undefined
  const parsed = parseUrl(url)
  // workerd passes the path as it was sent. What a URL library changes, dot segments, backslashes,
  // bare spaces, is not what `fetch` would send on.
  if (parsed?.pathname !== text) return undefined
  const segments = text.slice(1).split('/').map(decodeSegment)
  const isPlain = (segment: string | undefined, index: number) =>
    segment !== undefined && isPlainSegment(segment, index === segments.length - 1)
  if (!segments.every(isPlain)) return undefined
  return { text, search: parsed.search, segments: segments as readonly string[] }
}

const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu
/** What servers trim, skip or do not see: `.. ` and `..` with a mark of no width are `..` to some. */
const UNSEEN = /[\s\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** Whether every server takes this text for one segment, and for itself. */
export function isPlainSegment(segment: string, isLast: boolean): boolean {
  if (segment === '') return isLast
  // Full-width slashes and dots become plain ones where text is normalized after decoding.
  const folded = segment.normalize('NFKC')
  if (DISPUTED.test(segment) || DISPUTED.test(folded)) return false
  // Of dots and unseen characters alone: a dot segment, or none at all, to whoever trims. Windows
  // drops dots at the end of a name, so `...` is one as well.
  return !/^\.*$/.test(folded.replace(UNSEEN, ''))
}

/**
 * As the laxest origin would read it: without case, without a trailing slash, without spaces around
 * a name, without characters that nobody sees and without the dots that Windows drops at its end.
 */
export function foldSegments(segments: readonly string[]): readonly string[] {
  const named = segments.at(-1) === '' ? segments.slice(0, -1) : segments
  return named.map((segment) => {
    const lower = segment.normalize('NFKC').toLowerCase()
    return lower
      .replace(INVISIBLE, '')
      .trim()
      .replace(/(?<=.)[.\s]+$/, '')
  })
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
