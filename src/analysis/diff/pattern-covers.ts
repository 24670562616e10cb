/**
 * Whether each text that one pattern matches is also matched by another. It compares the patterns as
 * texts: a star of the narrow pattern must be taken by a star of the wide one. True is a proof; false
 * is not.
 */

const STAR = '*'
/** `**`, as one token. No text has it, because a token of a text is one UTF-16 unit. */
const CROSSING = '**'

export function patternCovers(wide: string, narrow: string): boolean {
  const [outer, inner] = [splitTokens(wide), splitTokens(narrow)]
  // Whether the rest of `wide` covers the rest of `narrow`, for each rest of `narrow`.
  let below = inner.map(() => false)
  below.push(true)
  for (const token of outer.toReversed()) {
    const current = Array.from({ length: inner.length + 1 }, () => false)
    for (let place = inner.length; place >= 0; place -= 1) {
      const next = inner[place]
      if (token === STAR || token === CROSSING) {
        const takes = next !== undefined && canTake(token, next)
        current[place] = below[place] === true || (takes && current[place + 1] === true)
      } else {
        current[place] = next === token && below[place + 1] === true
      }
    }
    below = current
  }
  return below[0] === true
}

/** `*` stays within one segment between `/` and `:`, as `pattern.ts` says. */
function canTake(star: string, token: string): boolean {
  return star === CROSSING || (token !== '/' && token !== ':' && token !== CROSSING)
}

function splitTokens(pattern: string): readonly string[] {
  const tokens: string[] = []
  for (let index = 0; index < pattern.length; index += 1) {
    const isCrossing = pattern.startsWith(CROSSING, index)
    tokens.push(isCrossing ? CROSSING : (pattern[index] ?? ''))
    if (isCrossing) index += 1
  }
  return tokens
}
