/** How a command ends. `--help` and docs/cli.md show this table. */
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
  done: { name: 'done', when: 'the command did what it says' },
  refused: { name: 'refused', when: 'the gateway, or the check of a trust document, said no' },
  usage: {
    name: 'usage',
    when: 'a flag, a file or a variable is invalid; an address is taken; the platform has no token to give, or refused one',
  },
  unreachable: {
    name: 'unreachable',
    when: 'no gateway answered, or it cannot answer now, or the platform did not: the same command may work later',
  },
  changesPending: { name: 'changes pending', when: '`plan` found something to apply' },
  bug: {
    name: 'bug',
    when: 'edgemint itself failed, and nothing says that the request was refused; stderr says what to report',
  },
}
