/** One parser that is fuzzed: what it is fed with, and what must hold of every run. */
export type Target = {
  readonly name: string
  /** Good inputs, from which bad ones are made. */
  readonly seeds: readonly string[]
  /** Pieces that mean something to the parser. */
  readonly dictionary: readonly string[]
  /** A word for what happened. Throws when something does not hold. */
  readonly run: (input: Uint8Array) => string
}
