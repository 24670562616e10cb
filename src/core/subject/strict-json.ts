/**
 * JSON as a signed token may hold it: valid UTF-8 without BOM, one object, no duplicate member at
 * any depth, bounded in depth and size. `JSON.parse` keeps the last duplicate silently, so two
 * readers could see two different tokens (TOK-09, TOK-14, TOK-15).
 */
import { MAX_JSON_DEPTH, MAX_JSON_MEMBERS, MAX_MEMBER_NAME_CHARACTERS } from '../limits.ts'

export type JsonObject = Readonly<Record<string, unknown>>

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a

/** The object, or undefined for anything that is not exactly one well-formed object. */
export function parseStrictObject(bytes: Uint8Array): JsonObject | undefined {
  const text = decodeUtf8(bytes)
  if (text === undefined) return undefined
  const written = scan(text)
  if (written === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  // A duplicate is written twice and parsed once, so the counts differ.
  return countMembers(value) === written ? value : undefined
}

/** How many members the text writes down, or undefined when it nests too deep. */
function scan(text: string): number | undefined {
  let members = 0
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) {
      index = endOfString(text, index)
    } else if (code === COLON) {
      members += 1
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1
      if (depth > MAX_JSON_DEPTH) return undefined
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1
    }
  }
  return members <= MAX_JSON_MEMBERS ? members : undefined
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1
    if (backslashes % 2 === 0) return end
  }
  return text.length
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countMembers(item), 0)
  let count = 0
  for (const [name, member] of Object.entries(value)) {
    if (name.length > MAX_MEMBER_NAME_CHARACTERS) return Number.NaN
    count += 1
    if (typeof member === 'object') count += countMembers(member)
  }
  return count
}

/** Strict UTF-8 (RFC 3629): undefined for overlong forms, surrogates, a BOM or stray bytes. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  let text = ''
  let index = 0
  while (index < bytes.length) {
    const end = endOfAscii(bytes, index)
    // Claim sets are ASCII nearly always: a run of it becomes text at once.
    if (end > index) text += Reflect.apply(String.fromCharCode, null, bytes.subarray(index, end))
    index = end
    const first = bytes[index]
    if (first === undefined || first < 0x80) continue
    const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
    const point = decodePoint(bytes, index, first, length)
    if (point === undefined) return undefined
    text += String.fromCodePoint(point)
    index += length
  }
  return text.startsWith('\ufeff') ? undefined : text
}

/** Where the run of ASCII ends, or is as long as one call may take arguments. */
function endOfAscii(bytes: Uint8Array, start: number): number {
  const limit = Math.min(bytes.length, start + MAX_RUN_BYTES)
  let end = start
  while (end < limit && (bytes[end] ?? 0x80) < 0x80) end += 1
  return end
}

const MAX_RUN_BYTES = 8192

const LEAST_POINT = [0, 0, 0x80, 0x800, 0x10000] as const

function decodePoint(
  bytes: Uint8Array,
  index: number,
  first: number,
  length: 2 | 3 | 4,
): number | undefined {
  if (first < 0xc2 || first > 0xf4 || index + length > bytes.length) return undefined
  let point = first & (0xff >> (length + 1))
  for (let offset = 1; offset < length; offset += 1) {
    const next = bytes[index + offset] ?? 0
    if ((next & 0xc0) !== 0x80) return undefined
    point = (point << 6) | (next & 0x3f)
  }
  const isSurrogate = point >= 0xd800 && point <= 0xdfff
  if (point < LEAST_POINT[length] || point > 0x10ffff || isSurrogate) return undefined
  return point
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
