/**
 * An index of rules by name: pairs of a hash and a position, ordered by the hash. Two names can have
 * the same hash, so the reader compares the name of each rule that it finds.
 */
import type { Rule } from '../compile/compiled.ts'
import { hashText } from '../decide/index-keys.ts'

export function indexNames(rules: readonly Rule[]): Uint32Array {
  const pairs = rules.map(({ name, position }) => [hashOf(name), position] as const)
  return Uint32Array.from(pairs.toSorted(([a], [b]) => a - b).flat())
}

/** The positions of the rules that may have this name. */
export function findNamed(index: Uint32Array, name: string): readonly number[] {
  const hash = hashOf(name)
  let from = 0
  let to = index.length / 2
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((index[2 * middle] ?? 0) < hash) from = middle + 1
    else to = middle
  }
  const found: number[] = []
  for (let pair = from; index[2 * pair] === hash; pair += 1) found.push(index[2 * pair + 1] ?? 0)
  return found
}

function hashOf(name: string): number {
  return hashText(name) >>> 0
}
