/**
 * Templates for `sub` and for claims of the issued token: `{claim}` and `{claim|sha256}` between
 * literal text, in one pass, without nesting or evaluation. Two different lists of claim values never
 * render to the same text; otherwise one identity could get another's subject (MAP-05). A separator is
 * percent-encoded inside a value, and a value of an unexpected type is marked. In a claim,
 * `{decision_id}` is the id of the decision.
 */

import { MAX_SPIFFE_ID_BYTES } from '../../../contract/limits.ts'
import type { TemplateFault } from '../../../protocol/template-fault.ts'
import type { JsonObject } from '../../../web/json.ts'
import { codePointOf } from '../../../web/text/control-characters.ts'
import { readClaim, readElement } from '../../evidence/identity.ts'
import { MAX_CLAIM_CHARACTERS, MAX_RENDERED_BYTES } from '../../limits.ts'
import { hashValue, percentEncode } from './encode.ts'
import type { ClaimPart, ScalarType, TemplatePart } from './template-part.ts'
import {
  findUriFault,
  hasDotSegment,
  renderInUri,
  type UriForm,
  uriFormOf,
} from './uri-template.ts'

/** What a template renders to: a text `sub`, a `sub` that is a URI, or a claim. */
export type TemplateTarget = 'subject' | 'uri' | 'claim'

export type Template = {
  readonly source: string
  readonly parts: readonly TemplatePart[]
  /**
   * Characters that are encoded inside values, besides `%`, `:` and control characters. Undefined if
   * the template is a single value, which is rendered unchanged.
   */
  readonly separators: ReadonlySet<string> | undefined
  /** Undefined if the result is a text. */
  readonly uri: UriForm | undefined
  /** The longest result. */
  readonly maxBytes: number
}

/** Returns a claim of a template, or a sentence that says why it is invalid. */
export type FindTemplateClaim = (
  claim: string,
) => { readonly path: readonly string[]; readonly type: ScalarType } | string

/** The placeholder of the decision id. No template can read a claim of this name. */
const DECISION_ID = 'decision_id'
/** `dec_` and 128 bits in base64url. */
const DECISION_ID_BYTES = 26

const PART = /\{([^{}]*)\}/g
const ENCODED_ALWAYS = /[%:\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** Returns the template, or a sentence that says what is wrong. */
export function compileTemplate(
  source: string,
  findClaim: FindTemplateClaim,
  target: TemplateTarget,
  maxBytes?: number,
): Template | string {
  const parts: TemplatePart[] = []
  let end = 0
  for (const match of source.matchAll(PART)) {
    if (match.index > end) parts.push({ kind: 'text', text: source.slice(end, match.index) })
    const [claim = '', filter, ...more] = (match[1] ?? '').split('|')
    if (more.length > 0 || (filter !== undefined && filter !== 'sha256')) {
      return `has an unknown filter (only sha256 exists) in {${match[1]}}`
    }
    end = match.index + match[0].length
    if (claim === DECISION_ID) {
      // Otherwise the subject would differ in each exchange.
      if (target !== 'claim') return 'has {decision_id}, which only a claim can have'
      if (filter !== undefined) return 'has a filter in {decision_id}'
      parts.push({ kind: 'decision_id' })
      continue
    }
    const found = findClaim(claim)
    if (typeof found === 'string') return found
    const { path, type } = found
    parts.push({ kind: 'claim', claim, path, type, hashed: filter === 'sha256' })
  }
  if (end < source.length) parts.push({ kind: 'text', text: source.slice(end) })
  const fault = findFault(parts) ?? (target === 'uri' ? findUriFault(parts) : undefined)
  if (fault !== undefined) return fault
  // A subject is compared with subjects of other rules, so it is always encoded.
  const isLoneValue = target === 'claim' && parts.length === 1 && parts[0]?.kind === 'claim'
  const separators = isLoneValue ? undefined : separatorsOf(parts)
  const uri = target === 'uri' ? uriFormOf(source) : undefined
  return Object.freeze({
    source,
    parts: Object.freeze(parts),
    separators,
    uri,
    maxBytes: maxBytes ?? longestOf(uri),
  })
}

/** The usual limit of a result of this form, in bytes. */
export function longestOf(uri: UriForm | undefined): number {
  return uri === 'spiffe_id' ? MAX_SPIFFE_ID_BYTES : MAX_RENDERED_BYTES
}

/** The bytes of the shortest result: a value has at least one, and a hash has 64. */
export function leastBytes({ parts }: Template): number {
  let bytes = 0
  for (const part of parts) {
    if (part.kind === 'text') bytes += countBytes(part.text)
    else if (part.kind === 'decision_id') bytes += DECISION_ID_BYTES
    else bytes += part.hashed ? 64 : 1
  }
  return bytes
}

function findFault(parts: readonly TemplatePart[]): string | undefined {
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'text') {
      if (/[{}]/.test(part.text)) return 'has a brace that does not belong to a {claim}'
      // JSON escapes half of a surrogate pair, and readers disagree on what it means.
      const [unseen] = part.text.match(/[\p{Cc}\p{Cf}\p{Cs}]/u) ?? []
      if (unseen !== undefined) return `has ${codePointOf(unseen)}, which no issued text contains`
    }
    const before = parts[index - 1]
    const separator = before?.kind === 'text' ? before.text : ''
    const hasValueBefore = parts.slice(0, index).some((earlier) => earlier.kind !== 'text')
    if (part.kind !== 'text' && hasValueBefore && !/[^\p{L}\p{N}%]/u.test(separator)) {
      return 'needs a separator such as ":" between two values'
    }
  }
  return undefined
}

function separatorsOf(parts: readonly TemplatePart[]): ReadonlySet<string> {
  const valueCount = parts.filter((part) => part.kind !== 'text').length
  if (valueCount < 2) return new Set()
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [...part.text] : []))
  return new Set(texts.filter((character) => /[^\p{L}\p{N}]/u.test(character)))
}

/** The rendered text, or why it cannot be rendered. */
export function renderTemplate(
  template: Template,
  claims: JsonObject,
  decisionId = '',
): string | TemplateFault {
  let rendered = ''
  let longest: { readonly claim: string; readonly length: number } | undefined
  for (const part of template.parts) {
    if (part.kind === 'text') {
      rendered += part.text
      continue
    }
    if (part.kind === 'decision_id') {
      rendered += decisionId
      continue
    }
    const { claim } = part
    const raw = readClaim(claims, part.path)
    const value = readElement(raw)
    if (value === undefined) return { claim, ...whyUnreadable(raw) }
    const text =
      template.uri === undefined
        ? renderValue(value, part, template.separators)
        : renderInUri(value, part, template.uri)
    if (typeof text !== 'string') return { claim, ...text }
    if (longest === undefined || text.length > longest.length) {
      longest = { claim, length: text.length }
    }
    rendered += text
  }
  const length = countBytes(rendered)
  if (length <= template.maxBytes) {
    const hasDots = template.uri !== undefined && hasDotSegment(rendered)
    return hasDots ? { cause: 'unusable' } : rendered
  }
  return {
    ...(longest === undefined ? {} : { claim: longest.claim }),
    cause: 'result_too_long',
    length,
    limit: template.maxBytes,
  }
}

/** Why the value of a claim cannot be used in a template. */
export function whyUnreadable(raw: unknown): Omit<TemplateFault, 'claim'> {
  if (raw === undefined) return { cause: 'absent' }
  if (typeof raw === 'object') return { cause: 'not_scalar' }
  if (typeof raw === 'string' && raw.length > MAX_CLAIM_CHARACTERS) {
    return { cause: 'claim_too_long', length: raw.length, limit: MAX_CLAIM_CHARACTERS }
  }
  return { cause: 'unreadable' }
}

function renderValue(
  value: string | number | boolean,
  { type, hashed }: ClaimPart,
  separators: Template['separators'],
): string {
  // A single value is rendered unchanged, whatever its type.
  const isMarked = separators !== undefined && typeof value !== type
  if (hashed) return hashValue(value, isMarked ? type : typeof value)
  if (separators === undefined) return String(value)
  return isMarked ? markType(value) : encodeValue(String(value), separators)
}

/**
 * Renders a value of an unexpected type: every character is percent-encoded. Letters and digits of
 * an expected value are never encoded, so the two never give the same text. Two unexpected types
 * differ as well: true and 1 have different texts, and a text has a mark.
 */
function markType(value: string | number | boolean): string {
  const text = typeof value === 'string' ? `"${value}"` : String(value)
  return [...text].map(percentEncode).join('')
}

function encodeValue(value: string, separators: ReadonlySet<string>): string {
  let encoded = ''
  for (const character of value) {
    const isEncoded = ENCODED_ALWAYS.test(character) || separators.has(character)
    encoded += isEncoded ? percentEncode(character) : character
  }
  return encoded
}

/**
 * The UTF-8 length without encoding: code points below 0x80, 0x800 and 0x10000 take 1, 2 and 3
 * bytes.
 */
export function countBytes(text: string): number {
  let bytes = 0
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return bytes
}
