/** The descriptions of all commands in the form that completion scripts need, and shell quoting. */
import type { Command, Commands, Completes, Flag } from '../command.ts'
import { makePlainText } from '../help.ts'

export type DescribedFlag = {
  readonly name: string
  readonly about: string
  readonly value: string | undefined
  readonly repeats: boolean
  readonly completes: Completes | undefined
}

export type DescribedCommand = {
  /** One or two words. */
  readonly words: readonly string[]
  readonly summary: string
  readonly flags: readonly DescribedFlag[]
  readonly arguments: Command['arguments']
  readonly runsProgram: boolean
}

const HELP: DescribedFlag = {
  name: 'help',
  about: 'show help for the command',
  value: undefined,
  repeats: false,
  completes: undefined,
}

export async function describeCommands(table: Commands): Promise<readonly DescribedCommand[]> {
  return Promise.all(
    [...table].map(async ([name, { summary, load }]) => {
      const { command }: { readonly command: Command } = await load()
      return {
        words: name.split(' '),
        summary,
        flags: [...Object.entries(command.flags).flatMap(describe), HELP],
        arguments: command.arguments,
        runsProgram: command.runsProgram === true,
      }
    }),
  )
}

function describe([name, flag]: readonly [string, Flag]): readonly DescribedFlag[] {
  const { value, repeats = false, completes, alias } = flag
  // Only the first clause, because shells show one line for each flag.
  const [about = ''] = makePlainText(flag.about).split(/[;:] /)
  return [name, ...(alias === undefined ? [] : [alias])].map((each) => {
    return { name: each, about, value, repeats, completes }
  })
}

/** Returns the first word of each command with its summary, or with a list of its subcommands. */
export function firstWords(commands: readonly DescribedCommand[]): ReadonlyMap<string, string> {
  const words = new Map<string, string>()
  for (const {
    words: [first = '', second],
    summary,
  } of commands) {
    if (second === undefined) words.set(first, summary)
    else if (!words.has(first)) words.set(first, `${listSeconds(commands, first).join(', ')}`)
  }
  return words.set('help', 'show help for a command')
}

export function listSeconds(
  commands: readonly DescribedCommand[],
  first: string,
): readonly string[] {
  return commands.flatMap(({ words }) => (words[0] === first ? words.slice(1) : []))
}

/** Lists the first words of commands that have two words. */
export function listGroups(commands: readonly DescribedCommand[]): readonly string[] {
  return [...new Set(commands.flatMap(({ words }) => (words.length > 1 ? words.slice(0, 1) : [])))]
}

/** Quotes text as one word of a POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
