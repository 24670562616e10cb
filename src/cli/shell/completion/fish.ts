/** Renders the completion script for fish 3.1 and later. */
import type { Completes } from '../command.ts'
import { type DescribedCommand, type DescribedFlag, firstWords, listGroups } from './described.ts'

const FUNCTIONS = `# Completion of edgemint for fish. Load it with: edgemint completion fish | source
function __edgemint_begins -d 'the command line begins with these words'
    set -l given (commandline -opc)
    for index in (seq (count $argv))
        test "$given[$(math $index + 1)]" = "$argv[$index]"; or return 1
    end
end
function __edgemint_is -d 'the command line is these words and the word being typed'
    test (count (commandline -opc)) -eq (math (count $argv) + 1); and __edgemint_begins $argv
end
function __edgemint_runs -d 'the command line of another program has begun'
    __edgemint_begins $argv; and contains -- -- (commandline -opc)
end
complete -c edgemint -f`

export function renderFish(commands: readonly DescribedCommand[]): string {
  const first = [...firstWords(commands)]
  return [
    FUNCTIONS,
    ...first.map(([word, about]) => offer('__edgemint_is', word, about)),
    ...first.map(([word, about]) => offer('__edgemint_is help', word, about)),
    "complete -c edgemint -n __edgemint_is -l help -d 'list the commands'",
    "complete -c edgemint -n __edgemint_is -l version -d 'print the version'",
    ...listGroups(commands).flatMap((group) =>
      commands.flatMap(({ words: [start, second], summary }) =>
        start === group && second !== undefined
          ? [offer(`__edgemint_is ${group}`, second, summary)]
          : [],
      ),
    ),
    ...commands.flatMap(renderCommand),
  ].join('\n')
}

function offer(condition: string, word: string, about: string): string {
  return `complete -c edgemint -n ${quote(condition)} -a ${word} -d ${quote(about)}`
}

function renderCommand({
  words,
  flags,
  runsProgram,
  arguments: rest,
}: DescribedCommand): readonly string[] {
  const condition = quote(`__edgemint_begins ${words.join(' ')}`)
  const start = `complete -c edgemint -n ${condition}`
  const completes = rest?.completes
  return [
    ...flags.map((flag) => `${start} ${renderFlag(flag)}`),
    ...(completes === undefined ? [] : [`${start} ${renderArgument(completes)}`]),
    ...(runsProgram
      ? [`complete -c edgemint -n ${quote(`__edgemint_runs ${words.join(' ')}`)} -F`]
      : []),
  ]
}

function renderFlag({ name, about, value, completes }: DescribedFlag): string {
  const argument = value === undefined ? '' : `${renderValue(completes)} `
  return `-l ${name} ${argument}-d ${quote(about)}`
}

function renderValue(completes: Completes | undefined): string {
  if (completes === undefined) return '-x'
  if (completes === 'files') return '-r -F'
  if (completes === 'directories') return "-x -a '(__fish_complete_directories)'"
  return `-x -a ${quote(completes.join(' '))}`
}

function renderArgument(completes: Completes): string {
  if (completes === 'files') return '-F'
  if (completes === 'directories') return "-a '(__fish_complete_directories)'"
  return `-a ${quote(completes.join(' '))}`
}

/** Escapes the two characters that fish treats as special within single quotes. */
function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`
}
