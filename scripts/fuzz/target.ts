/** One fuzzed parser: its inputs, and the requirements that every run must meet. */
export type Target = {
  readonly name: string
  /** Valid inputs. Bad ones are made from them. */
  readonly seeds: readonly string[]
  /** Pieces with a meaning for the parser. */
  readonly dictionary: readonly string[]
  /** Returns a description of the behaviour. Throws when a requirement is broken. */
  readonly run: (input: Uint8Array) => string
}
