/**
 * Templates for `sub` and for claims of the issued token: `{claim}` and `{claim|sha256}` between
 * literal text. One pass, no nesting, no evaluation. Rendering is injective: a separator between
 * two values is percent-encoded wherever it occurs inside a value, so `a:b` and `c` can never
 * render to what `a` and `b:c` render to (MAP-05).
 */
import { MAX_RENDERED_BYTES } from './limits.ts'

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'claim'; readonly path: readonly string[]; readonly hashed: boolean }

export type Template = {
  readonly source: string
  readonly parts: readonly TemplatePart[]
  /**
   * Characters that are encoded inside values besides `%`, `:` and control characters; undefined
   * when the template is one value alone, which stands as it is.
   */
  readonly separators: ReadonlySet<string> | undefined
}

/** SHA-256 of the UTF-8 bytes, in lower-case hex. */
export type Sha256 = (text: string) => Promise<string>

const PART = /\{([^{}]*)\}/g
const ENCODED_ALWAYS = /[%:\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** The template, or a sentence that says what is wrong with it. */
export function compileTemplate(
  source: string,
  resolvePath: (claim: string) => readonly string[] | string,
  target: 'subject' | 'claim',
): Template | string {
  const parts: TemplatePart[] = []
  let end = 0
  for (const match of source.matchAll(PART)) {
    if (match.index > end) parts.push({ kind: 'text', text: source.slice(end, match.index) })
    const [claim = '', filter, ...more] = (match[1] ?? '').split('|')
    if (more.length > 0 || (filter !== undefined && filter !== 'sha256')) {
      return `knows no filter but sha256 in {${match[1]}}`
    }
    const path = resolvePath(claim)
    if (typeof path === 'string') return path
    parts.push({ kind: 'claim', path, hashed: filter === 'sha256' })
    end = match.index + match[0].length
  }
  if (end < source.length) parts.push({ kind: 'text', text: source.slice(end) })
  const fault = findFault(parts)
  if (fault !== undefined) return fault
  // A subject is compared with subjects of other rules, so it is always encoded.
  const isLoneValue = target === 'claim' && parts.length === 1 && parts[0]?.kind === 'claim'
  const separators = isLoneValue ? undefined : separatorsOf(parts)
  return Object.freeze({ source, parts: Object.freeze(parts), separators })
}

function findFault(parts: readonly TemplatePart[]): string | undefined {
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'text') {
      if (/[{}]/.test(part.text)) return 'has a brace that does not belong to a {claim}'
      if (/[\p{Cc}\p{Cf}]/u.test(part.text)) return 'has a control character'
    }
    const before = parts[index - 1]
    const separator = before?.kind === 'text' ? before.text : ''
    const hasValueBefore = parts.slice(0, index).some((earlier) => earlier.kind === 'claim')
    if (part.kind === 'claim' && hasValueBefore && !/[^\p{L}\p{N}%]/u.test(separator)) {
      return 'needs a separator such as ":" between two values'
    }
  }
  return undefined
}

function separatorsOf(parts: readonly TemplatePart[]): ReadonlySet<string> {
  const valueCount = parts.filter((part) => part.kind === 'claim').length
  if (valueCount < 2) return new Set()
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [...part.text] : []))
  return new Set(texts.filter((character) => /[^\p{L}\p{N}]/u.test(character)))
}

/** The rendered text, or undefined: an absent claim, or a result that is too long, refuses. */
export async function renderTemplate(
  template: Template,
  readValue: (path: readonly string[]) => string | number | boolean | undefined,
  sha256: Sha256,
): Promise<string | undefined> {
  let rendered = ''
  for (const part of template.parts) {
    if (part.kind === 'text') {
      rendered += part.text
      continue
    }
    const value = readValue(part.path)
    if (value === undefined) return undefined
    rendered += part.hashed
      ? await sha256(String(value))
      : encodeValue(String(value), template.separators)
  }
  return isWithinBytes(rendered, MAX_RENDERED_BYTES) ? rendered : undefined
}

function encodeValue(value: string, separators: ReadonlySet<string> | undefined): string {
  if (separators === undefined) return value
  let encoded = ''
  for (const character of value) {
    const isEncoded = ENCODED_ALWAYS.test(character) || separators.has(character)
    encoded += isEncoded ? percentEncode(character) : character
  }
  return encoded
}

function percentEncode(character: string): string {
  const encoded = encodeURIComponent(character)
  if (encoded !== character) return encoded
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

/** UTF-8 length without an encoder: code points below 0x80, 0x800 and 0x10000 take 1, 2 and 3. */
export function isWithinBytes(text: string, limit: number): boolean {
  let bytes = 0
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return bytes <= limit
}
