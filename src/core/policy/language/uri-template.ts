/**
 * Templates whose result is a URI or a SPIFFE ID. The literal text contains the scheme, the authority
 * and every separator, and a value fills a part of one path segment. A value of a claim therefore
 * never adds a segment or changes the scheme, and different values give different URIs, also after
 * the normalization of RFC 3986 §6.2.2 (MAP-05).
 */
import type { TemplateFault } from '../../../protocol/template-fault.ts'
import { hashValue, percentEncode } from './encode.ts'
import type { ClaimPart, TemplatePart } from './template-part.ts'

export type UriForm = 'uri' | 'spiffe_id'

/** Scheme and host; lower case, because URIs that differ in it are equivalent. */
const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9][a-z0-9.-]*(?::[0-9]+)?\//
/** RFC 8141 §2: the namespace is a part of what the literal text must say. */
const URN = /^urn:[a-z0-9][a-z0-9-]{0,31}:/
const OTHER = /^(?!urn:)[a-z][a-z0-9+.-]*:(?!\/\/)/
/** SPIFFE-ID §2.1: the trust domain. */
const TRUST_DOMAIN = /^spiffe:\/\/[a-z0-9._-]{1,255}\//
/** RFC 3986 §3.3. An escape in the literal text would be another spelling of a character. */
const PATH = /^[A-Za-z0-9._~!$&'()*+,;=:@/-]+$/
/** Characters that no rendered value contains. */
const SEPARATOR = /[!$&'()*+,;=:@/]/
/** SPIFFE-ID §2.2 has no escapes. */
const SPIFFE_PATH = /^[A-Za-z0-9._/-]+$/

/** The form of a URI template by its scheme. */
export function uriFormOf(source: string): UriForm {
  return source.startsWith('spiffe:') ? 'spiffe_id' : 'uri'
}

/** Says what is wrong with the literal text, or returns undefined. */
export function findUriFault(parts: readonly TemplatePart[]): string | undefined {
  const [first] = parts
  const literal = first?.kind === 'text' ? first.text : ''
  // Without a claim, a URI may end after the host.
  const start = parts.length === 1 && !literal.startsWith('spiffe:') ? `${literal}/` : literal
  const isSpiffe = uriFormOf(start) === 'spiffe_id'
  if (isSpiffe ? !TRUST_DOMAIN.test(start) : !isUriStart(start)) {
    return isSpiffe
      ? 'must begin with spiffe://, a trust domain in lower case and "/", before any claim'
      : 'must begin with a scheme in lower case, such as https: or urn:acme:, and the whole host, before any claim'
  }
  for (const [index, part] of parts.entries()) {
    if (part.kind !== 'text') continue
    const path = index === 0 ? part.text.replace(/^[^:]*:\/\//, '') : part.text
    if (path !== '' && !(isSpiffe ? SPIFFE_PATH : PATH).test(path)) {
      return `has a character that is not allowed in the path of a ${isSpiffe ? 'SPIFFE ID' : 'URI'}`
    }
    if (index > 0 && index < parts.length - 1 && !SEPARATOR.test(part.text)) {
      return 'needs a separator such as "/" between two values'
    }
  }
  // A value has at least one character and never a slash.
  const shape = parts.map((part) => (part.kind === 'text' ? part.text : 'x')).join('')
  const segments = shape.split('/').slice(shape.includes('://') ? 3 : 0)
  const isEmpty = (segment: string, index: number) =>
    segment === '' && (isSpiffe || index < segments.length - 1)
  if (segments.some(isEmpty)) return 'has an empty path segment'
  return hasDotSegment(shape) ? 'has a path segment "." or ".."' : undefined
}

/** Whether a text has the form of a rendered template. */
export function isRenderedUri(text: string): boolean {
  // Only a value has escapes, and they are never in a SPIFFE ID.
  const literal = uriFormOf(text) === 'uri' ? text.replace(/%[0-9A-F]{2}/g, 'x') : text
  return findUriFault([{ kind: 'text', text: literal }]) === undefined
}

function isUriStart(text: string): boolean {
  return AUTHORITY.test(text) || URN.test(text) || OTHER.test(text)
}

/** RFC 3986 §5.2.4: a reader of the URI could remove such a segment, and the one before it. */
export function hasDotSegment(uri: string): boolean {
  return uri.split('/').some((segment) => segment === '.' || segment === '..')
}

/**
 * Renders a value as a part of one segment. A value of an unexpected type is refused, because
 * normalization would remove an escape that marks it. Its hash can be marked.
 */
export function renderInUri(
  value: string | number | boolean,
  { type, hashed }: ClaimPart,
  form: UriForm,
): string | Pick<TemplateFault, 'cause'> {
  if (hashed) return hashValue(value, type)
  if (typeof value !== type) return { cause: 'unusable' }
  const text = String(value)
  if (form === 'uri') return text.replace(/[^A-Za-z0-9._~-]/gu, percentEncode)
  return /^[A-Za-z0-9._-]+$/.test(text) ? text : { cause: 'unusable' }
}
