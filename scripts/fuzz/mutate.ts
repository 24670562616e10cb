/**
 * Makes bad inputs from good ones: changes bits, bytes and pieces, and joins pieces of several
 * inputs.
 */

/** Whole numbers below a bound, the same for the same seed (Mulberry32). */
export type Random = (below: number) => number

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** Larger than a request may be, so that size limits are reached. */
const MAX_INPUT_BYTES = 64 * 1024

type Mutation = (
  input: Buffer,
  random: Random,
  pool: readonly Buffer[],
  words: readonly Buffer[],
) => Buffer

const at = (input: Buffer, random: Random) => random(input.length + 1)

const insert = (input: Buffer, place: number, piece: Buffer) =>
  Buffer.concat([input.subarray(0, place), piece, input.subarray(place)])

const MUTATIONS: readonly Mutation[] = [
  function flipBit(input, random) {
    const copy = Buffer.from(input)
    const place = random(Math.max(1, copy.length))
    if (copy.length > 0) copy[place] = (copy[place] ?? 0) ^ (1 << random(8))
    return copy
  },
  (input, random) => insert(input, at(input, random), Buffer.from([random(256)])),
  function cut(input, random) {
    const place = at(input, random)
    return Buffer.concat([input.subarray(0, place), input.subarray(place + 1 + random(16))])
  },
  (input, random) => input.subarray(0, at(input, random)),
  function repeat(input, random) {
    const place = at(input, random)
    const piece = input.subarray(place, place + 1 + random(64))
    return insert(input, place, Buffer.concat(Array.from({ length: 1 + random(40) }, () => piece)))
  },
  (input, random, _, words) =>
    insert(input, at(input, random), words[random(words.length)] ?? Buffer.alloc(0)),
  function join(input, random, pool) {
    const other = pool[random(pool.length)] ?? input
    return Buffer.concat([input.subarray(0, at(input, random)), other.subarray(at(other, random))])
  },
]

export function mutate(
  input: Buffer,
  random: Random,
  pool: readonly Buffer[],
  words: readonly Buffer[],
): Buffer {
  let changed = input
  for (let step = 1 + random(4); step > 0; step -= 1) {
    const mutation = MUTATIONS[random(MUTATIONS.length)]
    changed = mutation?.(changed, random, pool, words) ?? changed
  }
  return changed.subarray(0, MAX_INPUT_BYTES)
}
