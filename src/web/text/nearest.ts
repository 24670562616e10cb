/** Finds the name that a mistyped word most likely means. */

/**
 * Returns undefined if no name is similar enough, because a wrong suggestion is worse than none: a
 * third of the letters may differ, and no more than `most`.
 */
export function findNearest(
  word: string,
  names: Iterable<string>,
  most = word.length,
): string | undefined {
  let nearest: string | undefined
  let least = Math.max(1, Math.min(most, Math.floor(word.length / 3))) + 1
  for (const name of names) {
    // If the lengths differ too much, the distance need not be computed.
    if (Math.abs(word.length - name.length) >= least) continue
    const distance = measure(word, name)
    if (distance < least) [nearest, least] = [name, distance]
  }
  return nearest
}

/** Whether one letter is missing, added, changed, or swapped with its neighbour. */
export function isOneEditFrom(word: string, name: string): boolean {
  return measure(word, name) === 1
}

/**
 * Counts the letters to insert, delete, change or swap with their neighbour (optimal string
 * alignment).
 */
function measure(from: string, to: string): number {
  let before: readonly number[] = []
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row += 1) {
    const next = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1]
      const isSwapped =
        row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    before = last
    last = next
  }
  return last[to.length] ?? 0
}
