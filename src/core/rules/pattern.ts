/**
 * Globs over claim values. `*` stays within one segment between `/` and `:`, `**` crosses them,
 * and the whole value must match. Every other character stands for itself: there is no regular
 * expression anywhere, and matching costs at most pattern length times value length.
 */

type Step = string | typeof SEGMENT_STAR | typeof CROSSING_STAR
const SEGMENT_STAR = Symbol('*')
const CROSSING_STAR = Symbol('**')

export type Pattern = {
  readonly source: string
  /** The text before the first star: every match starts with it. */
  readonly prefix: string
  readonly steps: readonly Step[]
}

/** Undefined when the pattern has three stars in a row, which would mean nothing clear. */
export function compilePattern(source: string): Pattern | undefined {
  if (source.includes('***')) return undefined
  const steps: Step[] = []
  for (const part of source.split(/(\*\*?)/)) {
    if (part === '**') steps.push(CROSSING_STAR)
    else if (part === '*') steps.push(SEGMENT_STAR)
    else for (const character of part) steps.push(character)
  }
  const firstStar = source.indexOf('*')
  return Object.freeze({
    source,
    prefix: firstStar === -1 ? source : source.slice(0, firstStar),
    steps: Object.freeze(steps),
  })
}

/** Walks all possible positions in the pattern at once, so no input makes it backtrack. */
export function matchesPattern(pattern: Pattern, value: string): boolean {
  if (!value.startsWith(pattern.prefix)) return false
  const { steps } = pattern
  let current = new Uint8Array(steps.length + 1)
  current[0] = 1
  skipStars(steps, current)
  for (const character of value) {
    const next = new Uint8Array(steps.length + 1)
    for (let position = 0; position < steps.length; position += 1) {
      if (current[position] === 0) continue
      const step = steps[position]
      if (step === CROSSING_STAR) next[position] = 1
      else if (step === SEGMENT_STAR) {
        if (character !== '/' && character !== ':') next[position] = 1
      } else if (step === character) next[position + 1] = 1
    }
    skipStars(steps, next)
    current = next
  }
  return current[steps.length] === 1
}

/** A star may match nothing, so wherever one can start, what follows it can start too. */
function skipStars(steps: readonly Step[], positions: Uint8Array): void {
  for (let position = 0; position < steps.length; position += 1) {
    if (positions[position] === 1 && typeof steps[position] === 'symbol')
      positions[position + 1] = 1
  }
}
