/**
 * Globs over claim values. `*` stays within one segment between `/` and `:`, `**` crosses them,
 * and the whole value must match. Every other character stands for itself: there is no regular
 * expression anywhere, and matching costs at most pattern length times value length.
 */

export type Pattern = {
  readonly source: string
  /** The text before the first star: every match starts with it. */
  readonly prefix: string
}

const STAR = 0x2a
const SLASH = 0x2f
const COLON = 0x3a

/** Undefined when the pattern has three stars in a row, which would mean nothing clear. */
export function compilePattern(source: string): Pattern | undefined {
  if (source.includes('***')) return undefined
  const firstStar = source.indexOf('*')
  return Object.freeze({ source, prefix: firstStar === -1 ? source : source.slice(0, firstStar) })
}

/**
 * Walks all possible positions in the pattern at once, so no input makes it backtrack. The pattern
 * is read as it stands: one that is kept a hundred thousand times should not be kept twice.
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

/** A star may match nothing, so wherever one can start, what follows it can start too. */
function skipStars(source: string, positions: Uint8Array, from: number): void {
  for (let position = from; position < source.length; position += 1) {
    if (positions[position] === 0 || source.charCodeAt(position) !== STAR) continue
    const isCrossing = source.charCodeAt(position + 1) === STAR
    positions[position + (isCrossing ? 2 : 1)] = 1
  }
}
