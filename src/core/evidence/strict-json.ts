/**
 * JSON as a signed token may hold it: one object in valid UTF-8, without a byte order mark. Two
 * parsers could read other encodings differently (TOK-15). Duplicate members are refused at every
 * depth, because `JSON.parse` silently keeps the last one (TOK-09). Depth and members are bounded
 * (TOK-14).
 */

import { fail, ok, type Result } from '../../web/result.ts'
import { MAX_JSON_DEPTH, MAX_JSON_MEMBERS, MAX_MEMBER_NAME_CHARACTERS } from '../limits.ts'
import { countMembers, scanMembers } from './json-members.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** What is wrong with a text: for a limit, the name under which logs and tools report it. */
export type JsonFault =
  | 'json_encoding'
  | 'json_depth'
  | 'json_members'
  | 'json_name_length'
  | 'json_repeated_member'
  | 'json_syntax'

/** The limit that a fault is about, for people; undefined where it is about none. */
export function describeJsonLimit(fault: JsonFault): string | undefined {
  switch (fault) {
    case 'json_depth':
      return `is nested more than ${MAX_JSON_DEPTH} levels deep`
    case 'json_members':
      return `has more than ${MAX_JSON_MEMBERS} members`
    case 'json_name_length':
      return `has a member name of more than ${MAX_MEMBER_NAME_CHARACTERS} characters`
    case 'json_encoding':
    case 'json_repeated_member':
    case 'json_syntax':
      return undefined
  }
}

/** The object, or what keeps the bytes from being exactly one well-formed object. */
export function readStrictObject(bytes: Uint8Array): Result<JsonObject, JsonFault> {
  const text = decodeUtf8(bytes)
  if (text === undefined) return fail('json_encoding')
  const { members, depth } = scanMembers(text)
  if (depth > MAX_JSON_DEPTH) return fail('json_depth')
  if (members > MAX_JSON_MEMBERS) return fail('json_members')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return fail('json_syntax')
  }
  if (!isObject(value)) return fail('json_syntax')
  const counted = countMembers(value, MAX_MEMBER_NAME_CHARACTERS)
  if (counted === members) return ok(value)
  return fail(Number.isNaN(counted) ? 'json_name_length' : 'json_repeated_member')
}

/** The object, or undefined for anything that is not exactly one well-formed object. */
export function parseStrictObject(bytes: Uint8Array): JsonObject | undefined {
  const read = readStrictObject(bytes)
  return read.ok ? read.value : undefined
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
