/** A seeded source of randomness (sfc32). The same seed gives the same numbers on every machine. */

export type Random = {
  /** Returns a number from 0 to 1, without 1. */
  readonly next: () => number
  readonly between: (least: number, most: number) => number
  /** Returns a whole number below `count`. */
  readonly below: (count: number) => number
  readonly chance: (probability: number) => boolean
  /** Returns the time until the next event of a Poisson process. */
  readonly exponential: (mean: number) => number
}

/** Calls that mix the seed before the first number is used. */
const WARM_UP = 16

export function createRandom(seed: number): Random {
  let a = seed | 0
  let b = (seed / 2 ** 32) | 0
  let c = 0x9e3779b9 | 0
  let counter = 1

  function next(): number {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }

  for (let call = 0; call < WARM_UP; call += 1) next()
  return {
    next,
    between: (least, most) => least + next() * (most - least),
    below: (count) => Math.floor(next() * count),
    chance: (probability) => next() < probability,
    exponential: (mean) => -mean * Math.log(1 - next()),
  }
}
