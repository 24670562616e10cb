/**
 * `edgemint completion`: prints a script for one shell, made from the descriptions of all commands.
 */
import type { Command, Commands } from '../command.ts'
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts'
import { usageFailure } from '../failure.ts'
import { parseFlags } from '../flags.ts'
import { print } from '../output.ts'
import { renderBash } from './bash.ts'
import { type DescribedCommand, describeCommands } from './described.ts'
import { renderFish } from './fish.ts'
import { renderZsh } from './zsh.ts'

const SHELLS: ReadonlyMap<string, (commands: readonly DescribedCommand[]) => string> = new Map([
  ['bash', renderBash],
  ['zsh', renderZsh],
  ['fish', renderFish],
])

const NAMES = [...SHELLS.keys()]

export const command = {
  synopsis: NAMES.join('|'),
  about: `Prints a script that completes commands, flags, files, and known values such as the names of sources
and providers. Load it in the startup file of the shell:

  bash   source <(edgemint completion bash)
  zsh    source <(edgemint completion zsh)
  fish   edgemint completion fish | source`,
  flags: {},
  arguments: { least: 1, most: 1, what: 'a shell name', completes: NAMES },
  example: 'npx edgemint completion bash > edgemint.bash',
} as const satisfies Command

export async function run(args: readonly string[], commands: Commands): Promise<ExitCode> {
  const [shell = ''] = parseFlags(args, command).positionals
  const render = SHELLS.get(shell)
  if (render === undefined) throw usageFailure(`needs one of ${NAMES.join(', ')}`)
  print(render(await describeCommands(commands)))
  return EXIT_CODES.done
}
