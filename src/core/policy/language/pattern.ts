/**
 * Glob patterns for claim values. `*` matches within one segment between `/` and `:`, `**` crosses
 * segments, and the whole value must match. Every other character is literal. Regular expressions
 * are not used. Matching takes at most pattern length times value length steps.
 */

export type Pattern = {
  readonly source: string
  /** The text before the first star: every match starts with it. */
  readonly prefix: string
}

const STAR = 0x2a
const SLASH = 0x2f
const COLON = 0x3a

/** The pattern, or undefined if it has three stars in a row, which has no clear meaning. */
export function compilePattern(source: string): Pattern | undefined {
  if (source.includes('***')) return undefined
  const firstStar = source.indexOf('*')
  return Object.freeze({ source, prefix: firstStar === -1 ? source : source.slice(0, firstStar) })
}

/**
 * Tracks all possible positions in the pattern at the same time, so no input causes backtracking.
 * It reads the pattern text directly, so that no second form is stored for each of 100,000 rules.
 */
export function matchesPattern({ source, prefix }: Pattern, value: string): boolean {
  if (!value.startsWith(prefix)) return false
  if (prefix.length === source.length) return value.length === source.length
  if (!hasPieces(source, prefix.length, value)) return false
  let current = new Uint8Array(source.length + 2)
  let next = new Uint8Array(source.length + 2)
  current[prefix.length] = 1
  skipStars(source, current, prefix.length)
  for (let index = prefix.length; index < value.length; index += 1) {
    const unit = value.charCodeAt(index)
    const isSeparator = unit === SLASH || unit === COLON
    next.fill(0)
    for (let position = prefix.length; position < source.length; position += 1) {
      if (current[position] === 0) continue
      const step = source.charCodeAt(position)
      if (step !== STAR) {
        if (step === unit) next[position + 1] = 1
      } else if (!isSeparator || source.charCodeAt(position + 1) === STAR) next[position] = 1
    }
    skipStars(source, next, prefix.length)
    const spent = current
    current = next
    next = spent
  }
  return current[source.length] === 1
}

/**
 * Whether the literal pieces between the stars are in the value, in order. Most values are refused
 * here, without the slower comparison below. The first star is at `start`, after the prefix.
 */
function hasPieces(source: string, start: number, value: string): boolean {
  const last = source.lastIndexOf('*')
  const end = value.length - (source.length - last - 1)
  if (end < start || !value.endsWith(source.slice(last + 1))) return false
  let from = start
  for (let star = start; star < last; ) {
    const next = source.indexOf('*', star + 1)
    const found = value.indexOf(source.slice(star + 1, next), from)
    if (found === -1) return false
    from = found + next - star - 1
    if (from > end) return false
    star = next
  }
  return true
}

/** A star can match nothing, so the part after it can start at the same position. */
function skipStars(source: string, positions: Uint8Array, from: number): void {
  for (let position = from; position < source.length; position += 1) {
    if (positions[position] === 0 || source.charCodeAt(position) !== STAR) continue
    const isCrossing = source.charCodeAt(position + 1) === STAR
    positions[position + (isCrossing ? 2 : 1)] = 1
  }
}
