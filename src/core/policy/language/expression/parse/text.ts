/**
 * Reads the text literals of CEL: in single or double quotes, once or three times, raw or with
 * escapes. Bytes are refused.
 */
import { faultAt, syntaxFaultAt } from '../fault.ts'
import { matchAt } from './match.ts'

type TextAt = { readonly value: string; readonly end: number }

const OPENING = /([bB]?)([rR]?)("""|'''|"|')/y

/** The text at an index, or undefined if there is none. @throws {ExpressionFault} */
export function readText(source: string, index: number): TextAt | undefined {
  const [opening, bytes, raw, quote] = matchAt(OPENING, source, index)
  if (opening === undefined || quote === undefined) return undefined
  if (bytes !== '') throw faultAt({ source, index }, 'has bytes', 'write a text without b')
  const isLong = quote.length === 3
  let value = ''
  let at = index + opening.length
  while (!source.startsWith(quote, at)) {
    const character = source.charAt(at)
    if (character === '') {
      const text = isLong ? 'triple-quoted string' : 'string'
      throw syntaxFaultAt({ source, index }, `unterminated ${text}`)
    }
    if (!isLong && (character === '\n' || character === '\r')) {
      throw syntaxFaultAt({ source, index: at }, 'newlines not allowed in single-quoted strings')
    }
    // A raw text ends at the next quote, even behind a backslash.
    const isEscape = character === '\\' && raw === ''
    const read = isEscape ? readEscape(source, at) : { value: character, end: at + 1 }
    value += read.value
    at = read.end
  }
  return { value, end: at + quote.length }
}

const CHARACTERS: ReadonlyMap<string, string> = new Map([
  ...['\\', '?', '"', "'", '`'].map((character) => [character, character] as const),
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
])

/** Each kind of numeric escape: its pattern, digits, base and largest code point. */
const NUMERIC = [
  { name: 'hex escape', pattern: /\\[xX]([0-9a-fA-F]{0,2})/y, digits: 2, base: 16, most: 0xff },
  { name: 'octal escape', pattern: /\\([0-7]{1,3})/y, digits: 3, base: 8, most: 0xff },
  { name: 'Unicode escape', pattern: /\\u([0-9a-fA-F]{0,4})/y, digits: 4, base: 16, most: 0xffff },
  {
    name: 'Unicode escape',
    pattern: /\\U([0-9a-fA-F]{0,8})/y,
    digits: 8,
    base: 16,
    most: 0x10ffff,
  },
]

function readEscape(source: string, index: number): TextAt {
  const simple = CHARACTERS.get(source.charAt(index + 1))
  if (simple !== undefined) return { value: simple, end: index + 2 }
  for (const { name, pattern, digits, base, most } of NUMERIC) {
    const [written, number] = matchAt(pattern, source, index)
    if (written === undefined || number === undefined) continue
    const code = Number.parseInt(number, base)
    if (number.length !== digits || code > most) {
      const advice = `write ${digits} digits${base === 8 ? ', at most 377' : ''}`
      throw syntaxFaultAt({ source, index }, `invalid ${name}: ${written}`, advice)
    }
    if (code >= 0xd800 && code <= 0xdfff) {
      throw syntaxFaultAt({ source, index }, `invalid Unicode surrogate: ${written}`)
    }
    return { value: String.fromCodePoint(code), end: index + written.length }
  }
  const [character = ''] = source.slice(index + 1, index + 3)
  throw syntaxFaultAt({ source, index }, `invalid escape sequence: \\${character}`)
}
