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

/** A star can match nothing, so the part after it can start at the same position. */
function skipStars(source: string, positions: Uint8Array, from: number): void {
  for (let position = from; position < source.length; position += 1) {
    if (positions[position] === 0 || source.charCodeAt(position) !== STAR) continue
    const isCrossing = source.charCodeAt(position + 1) === STAR
    positions[position + (isCrossing ? 2 : 1)] = 1
  }
}
