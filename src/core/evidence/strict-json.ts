/**
 * Reads the JSON of a signed token: one object in valid UTF-8, without a byte order mark. Two
 * parsers could read other encodings differently (TOK-15). Duplicate members are refused at every
 * depth, because `JSON.parse` silently keeps the last one (TOK-09). Depth and number of members are
 * limited (TOK-14).
 */

import { decodeUtf8 } from '../../web/bytes.ts'
import { countMembers, isJsonObject, type JsonObject, scanMembers } from '../../web/json.ts'
import { fail, ok, type Result } from '../../web/result.ts'
import { MAX_JSON_DEPTH, MAX_JSON_MEMBERS, MAX_MEMBER_NAME_CHARACTERS } from '../limits.ts'

const BYTE_ORDER_MARK = '\ufeff'

/** What is wrong with a text. Logs and tools report these names. */
export type JsonFault =
  | 'json_encoding'
  | 'json_depth'
  | 'json_members'
  | 'json_name_length'
  | 'json_repeated_member'
  | 'json_syntax'

/** Describes the limit that was exceeded, or undefined if the fault is not about a limit. */
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

/** Returns the object, or the reason why the bytes are not exactly one well-formed object. */
export function readStrictObject(bytes: Uint8Array): Result<JsonObject, JsonFault> {
  const text = decodeUtf8(bytes)
  if (text === undefined || text.startsWith(BYTE_ORDER_MARK)) return fail('json_encoding')
  const { members, depth } = scanMembers(bytes)
  if (depth > MAX_JSON_DEPTH) return fail('json_depth')
  if (members > MAX_JSON_MEMBERS) return fail('json_members')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return fail('json_syntax')
  }
  if (!isJsonObject(value)) return fail('json_syntax')
  const counted = countMembers(value, MAX_MEMBER_NAME_CHARACTERS)
  if (counted === members) return ok(value)
  return fail(Number.isNaN(counted) ? 'json_name_length' : 'json_repeated_member')
}

/** Returns the object, or undefined if the bytes are not exactly one well-formed object. */
export function parseStrictObject(bytes: Uint8Array): JsonObject | undefined {
  const read = readStrictObject(bytes)
  return read.ok ? read.value : undefined
}
