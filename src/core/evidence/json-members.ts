/**
 * Finds what `JSON.parse` hides: a member that is written twice is parsed once, and the last one
 * wins in silence. So the members in the text are counted, and those in the value, and the two
 * numbers differ.
 */

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a

/** For text that `JSON.parse` accepts; of other text the numbers mean nothing. */
export function scanMembers(text: string): { readonly members: number; readonly depth: number } {
  let members = 0
  let level = 0
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) {
      index = endOfString(text, index)
    } else if (code === COLON) {
      members += 1
    } else if (code === 0x7b || code === 0x5b) {
      level += 1
      if (level > depth) depth = level
    } else if (code === 0x7d || code === 0x5d) {
      level -= 1
    }
  }
  return { members, depth }
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1
    if (backslashes % 2 === 0) return end
  }
  return text.length
}

/** Recurses: the depth must be known to be small. NaN when a name is longer than allowed. */
export function countMembers(
  value: unknown,
  maxNameCharacters: number = Number.POSITIVE_INFINITY,
): number {
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) {
    return value.reduce((sum: number, item) => sum + countMembers(item, maxNameCharacters), 0)
  }
  let count = 0
  for (const [name, member] of Object.entries(value)) {
    if (name.length > maxNameCharacters) return Number.NaN
    count += 1
    if (typeof member === 'object') count += countMembers(member, maxNameCharacters)
  }
  return count
}
