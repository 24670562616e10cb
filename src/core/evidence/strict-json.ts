/** Reads the JSON of a signed token, within the limits of subject tokens. */
import type { JsonObject } from '../../web/json.ts'
import { type JsonFault, readStrictObject as readObject } from '../../web/jwt/strict-object.ts'
import type { Result } from '../../web/result.ts'
import { MAX_JSON_DEPTH, MAX_JSON_MEMBERS, MAX_MEMBER_NAME_CHARACTERS } from '../limits.ts'

export type { JsonFault }

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

const LIMITS = {
  depth: MAX_JSON_DEPTH,
  members: MAX_JSON_MEMBERS,
  nameLength: MAX_MEMBER_NAME_CHARACTERS,
}

/** Returns the object, or the reason why the bytes are not exactly one well-formed object. */
export function readStrictObject(bytes: Uint8Array): Result<JsonObject, JsonFault> {
  return readObject(bytes, LIMITS)
}

/** Returns the object, or undefined if the bytes are not exactly one well-formed object. */
export function parseStrictObject(bytes: Uint8Array): JsonObject | undefined {
  const read = readStrictObject(bytes)
  return read.ok ? read.value : undefined
}
