/** What the benchmark asks of its client process, and what it answers. */

/** One request of an exchange. */
export type Step = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /**
   * `{carried}` in a value stands for what the step before carried over. Of a list, each exchange has
   * the value at its place, as of the bodies.
   */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  /** Used in turn, one for each exchange. */
  readonly bodies: readonly string[]
  readonly status: number
  /** A regular expression; its first group, in the answer, is carried over to the next step. */
  readonly carry?: string
}

export type Job = {
  readonly host: string
  readonly port: number
  /** The process whose CPU time is read. */
  readonly pid: number
  readonly steps: readonly Step[]
  /** Each body is sent once; the slice ends early when none is left. */
  readonly once: boolean
  readonly seconds: number
  readonly connections: number
}

export type Slice = {
  readonly exchanges: number
  /** Wall-clock time. */
  readonly seconds: number
  /** User and system time of the server's process; undefined where `/proc` is missing. */
  readonly cpuSeconds: number | undefined
  readonly p50Milliseconds: number
  readonly p99Milliseconds: number
  readonly mebibytes: number | undefined
}

export type JobResult =
  | { readonly kind: 'slice'; readonly slice: Slice }
  | { readonly kind: 'failed'; readonly message: string }
