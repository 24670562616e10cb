/**
 * Reads values from `JSON.parse` without assumptions about their shape, and detects duplicate members.
 * `JSON.parse` silently keeps the last of them. `scanMembers` counts the members in the text and
 * `countMembers` those in the parsed value; with a duplicate, the two counts differ.
 * `findRepeatedMember` says where it is.
 */

export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object, and neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads an own member, so that inherited names such as `constructor` are absent. */
export function readMember(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** Reads the value at a path of own members. Undefined if a part is absent or no object. */
export function readPath(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const name of path) {
    if (!isJsonObject(found)) return undefined
    found = readMember(found, name)
  }
  return found
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a

/**
 * Counts members and depth in the UTF-8 of a JSON text. The bytes of a character outside of ASCII are
 * no byte of JSON syntax. The counts are valid only for text that `JSON.parse` accepts.
 */
export function scanMembers(bytes: Uint8Array): {
  readonly members: number
  readonly depth: number
} {
  let members = 0
  let level = 0
  let depth = 0
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]
    if (byte === QUOTE) {
      index = endOfString(bytes, index + 1)
    } else if (byte === COLON) {
      members += 1
    } else if (byte === 0x7b || byte === 0x5b) {
      level += 1
      if (level > depth) depth = level
    } else if (byte === 0x7d || byte === 0x5d) {
      level -= 1
    }
  }
  return { members, depth }
}

/** Returns the index of the quote that ends a string. A backslash escapes the byte after it. */
function endOfString(bytes: Uint8Array, start: number): number {
  let index = start
  while (index < bytes.length && bytes[index] !== QUOTE) {
    index += bytes[index] === BACKSLASH ? 2 : 1
  }
  return index
}

/**
 * Counts members in the parsed value. NaN if a name is longer than allowed. It recurses, so check
 * the depth first.
 */
export function countMembers(
  value: unknown,
  maxNameCharacters: number = Number.POSITIVE_INFINITY,
): number {
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) {
    return value.reduce((sum: number, item) => sum + countMembers(item, maxNameCharacters), 0)
  }
  let count = 0
  for (const name of Object.keys(value)) {
    if (name.length > maxNameCharacters) return Number.NaN
    count += 1
    const member = (value as Readonly<Record<string, unknown>>)[name]
    if (typeof member === 'object') count += countMembers(member, maxNameCharacters)
  }
  return count
}

const COMMA = 0x2c

/** Longer names are cut in a path, because a caller chooses them. */
const MAX_PATH_NAME_CHARACTERS = 64

/**
 * Returns the path to the first member whose name its object already has; undefined if there is none.
 * The text must be one that `JSON.parse` accepts. Names are compared after their escapes are read.
 */
export function findRepeatedMember(text: string): readonly (string | number)[] | undefined {
  const holders: { readonly names: Set<string>; step: string | number }[] = []
  let start = 0
  let end = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    const holder = holders.at(-1)
    if (code === QUOTE) {
      start = index
      for (index += 1; text.charCodeAt(index) !== QUOTE; index += 1) {
        if (text.charCodeAt(index) === BACKSLASH) index += 1
      }
      end = index + 1
    } else if (code === 0x7b || code === 0x5b) {
      holders.push({ names: new Set(), step: 0 })
    } else if (code === 0x7d || code === 0x5d) {
      holders.pop()
    } else if (code === COMMA && typeof holder?.step === 'number') {
      holder.step += 1
    } else if (code === COLON && holder !== undefined) {
      const name: string = JSON.parse(text.slice(start, end))
      holder.step = name.slice(0, MAX_PATH_NAME_CHARACTERS)
      if (holder.names.has(name)) return holders.map(({ step }) => step)
      holder.names.add(name)
    }
  }
  return undefined
}
