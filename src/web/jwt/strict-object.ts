/**
 * Reads the JSON of a signed token: one object in valid UTF-8, without a byte order mark. Two
 * parsers could read other encodings differently (TOK-15). Duplicate members are refused at every
 * depth, because `JSON.parse` silently keeps the last one (TOK-09). Depth and number of members are
 * limited (TOK-14).
 */
import { decodeUtf8 } from '../bytes.ts'
import { countMembers, isJsonObject, type JsonObject, scanMembers } from '../json.ts'
import { fail, ok, type Result } from '../result.ts'

const BYTE_ORDER_MARK = '\ufeff'

export type JsonLimits = {
  readonly depth: number
  /** Members at every depth together. */
  readonly members: number
  /** Characters of the name of a member. Default: no limit. */
  readonly nameLength?: number
}

/** What is wrong with a text. Logs and tools report these names. */
export type JsonFault =
  | 'json_encoding'
  | 'json_depth'
  | 'json_members'
  | 'json_name_length'
  | 'json_repeated_member'
  | 'json_syntax'

/** Returns the object, or the reason why the bytes are not exactly one well-formed object. */
export function readStrictObject(
  bytes: Uint8Array,
  limits: JsonLimits,
): Result<JsonObject, JsonFault> {
  const text = decodeUtf8(bytes)
  if (text === undefined || text.startsWith(BYTE_ORDER_MARK)) return fail('json_encoding')
  const { members, depth } = scanMembers(bytes)
  if (depth > limits.depth) return fail('json_depth')
  if (members > limits.members) return fail('json_members')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return fail('json_syntax')
  }
  if (!isJsonObject(value)) return fail('json_syntax')
  const counted = countMembers(value, limits.nameLength)
  if (counted === members) return ok(value)
  return fail(Number.isNaN(counted) ? 'json_name_length' : 'json_repeated_member')
}
