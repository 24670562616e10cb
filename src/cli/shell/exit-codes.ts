/** How a command ends. docs/cli.md has the same table for people. */
export const EXIT_CODES = {
  done: 0,
  /** The gateway, or the check of a document, said no. */
  refused: 1,
  /** The command line, a file it names or the environment cannot be meant. */
  usage: 2,
  /** No gateway answered, or what answered is none or cannot answer now. */
  unreachable: 3,
  /** `plan` found something to apply. */
  changesPending: 4,
} as const

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES]
