/** Finds the rules of a document that moved: the fewest that explain the new order. */

/** The positions of a rule, from 0. */
export type Move = { readonly before: number; readonly after: number }

/**
 * The smallest set of moved rules that explains the new order: all rules except a longest subsequence
 * that kept its order. Added and removed rules do not count as moves of the other rules.
 */
export function findMoved(
  before: readonly string[],
  after: readonly string[],
): ReadonlyMap<string, Move> {
  const oldPositions = new Map(before.map((name, position) => [name, position]))
  const kept = after.flatMap((name, position) => {
    const old = oldPositions.get(name)
    return old === undefined ? [] : [{ name, before: old, after: position }]
  })
  const still = longestRising(kept.map((rule) => rule.before))
  return new Map(
    kept
      .filter((_, index) => !still.has(index))
      .map((rule) => [rule.name, { before: rule.before, after: rule.after }]),
  )
}

/** Indexes of a longest rising subsequence. Patience sorting is fast enough for 20,000 rules. */
function longestRising(values: readonly number[]): ReadonlySet<number> {
  const tails: { value: number; index: number }[] = []
  const previous: (number | undefined)[] = []
  for (const [index, value] of values.entries()) {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((tails[middle]?.value ?? value) < value) low = middle + 1
      else high = middle
    }
    previous.push(tails[low - 1]?.index)
    tails[low] = { value, index }
  }
  const chosen = new Set<number>()
  let at = tails.at(-1)?.index
  while (at !== undefined) {
    chosen.add(at)
    at = previous[at]
  }
  return chosen
}
