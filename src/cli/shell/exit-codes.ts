/** The exit codes of all commands. `--help` and docs/cli.md show this table. */
export const EXIT_CODES = {
  done: 0,
  refused: 1,
  usage: 2,
  unreachable: 3,
  changesPending: 4,
  /** EX_SOFTWARE of sysexits.h. */
  bug: 70,
} as const

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES]

type Meaning = { readonly name: string; readonly when: string }

/** In Markdown. */
export const EXIT_CODE_MEANINGS: Readonly<Record<keyof typeof EXIT_CODES, Meaning>> = {
  done: { name: 'done', when: 'the command succeeded' },
  refused: {
    name: 'refused',
    when: 'the gateway refused the request, or the check of a trust document failed',
  },
  usage: {
    name: 'usage',
    when: 'a flag, a file or a variable is invalid; an address is in use; the platform has no token or refused to issue one',
  },
  unreachable: {
    name: 'unreachable',
    when: 'the gateway or the platform did not answer or is temporarily unavailable; the same command may work later',
  },
  changesPending: { name: 'changes pending', when: '`plan` found changes to apply' },
  bug: {
    name: 'bug',
    when: 'edgemint crashed; this does not mean that the request was refused; stderr says what to report',
  },
}
