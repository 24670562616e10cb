/**
 * Renders the completion script for zsh. It is loaded with `source` or from a directory of `fpath`.
 */
import type { Completes } from '../command.ts'
import {
  type DescribedCommand,
  type DescribedFlag,
  firstWords,
  listGroups,
  quote,
} from './described.ts'

export function renderZsh(commands: readonly DescribedCommand[]): string {
  const groups = listGroups(commands)
  return [
    '#compdef edgemint',
    '# Completion of edgemint for zsh. Load it with: source <(edgemint completion zsh)',
    '_edgemint() {',
    '  local -a offered',
    '  local name=$words[2]',
    '  integer skip=1',
    '  if ((CURRENT == 2)); then',
    ...renderOffer([...firstWords(commands)], 'command').map((line) => `    ${line}`),
    '    return',
    '  fi',
    '  case $name in',
    ...groups.flatMap((group) => [
      `    (${group})`,
      '      if ((CURRENT == 3)); then',
      ...renderOffer(
        commands.flatMap(({ words: [first, second], summary }) =>
          first === group && second !== undefined ? [[second, summary] as const] : [],
        ),
        'command',
      ).map((line) => `        ${line}`),
      '        return',
      '      fi',
      '      name="$name $words[3]"',
      '      skip=2',
      '      ;;',
    ]),
    '    (help)',
    ...renderOffer([...firstWords(commands)], 'command').map((line) => `      ${line}`),
    '      return',
    '      ;;',
    '  esac',
    // `_arguments` treats the first word as the command.
    '  shift $skip words',
    '  ((CURRENT -= skip))',
    '  case $name in',
    ...commands.flatMap(renderCommand),
    '  esac',
    '}',
    'if [[ $zsh_eval_context[-1] == loadautofunc ]]; then',
    '  _edgemint "$@"',
    'else',
    '  compdef _edgemint edgemint',
    'fi',
  ].join('\n')
}

function renderOffer(
  entries: readonly (readonly [word: string, about: string])[],
  what: string,
): readonly string[] {
  const list = entries.map(([word, about]) => quote(`${word}:${about}`))
  return ['offered=(', ...list.map((entry) => `  ${entry}`), ')', `_describe ${what} offered`]
}

function renderCommand(command: DescribedCommand): readonly string[] {
  const { words, flags, runsProgram, arguments: rest } = command
  const specs = flags.map(renderFlag)
  if (rest?.completes !== undefined) specs.push(`*:argument:${renderAction(rest.completes)}`)
  if (runsProgram) specs.push('*:::program:_normal')
  return [
    `    (${quote(words.join(' '))})`,
    '      _arguments -S : \\',
    ...specs.map((spec, at) => `        ${quote(spec)}${at === specs.length - 1 ? '' : ' \\'}`),
    '      ;;',
  ]
}

function renderFlag({ name, about, value, repeats, completes }: DescribedFlag): string {
  const text = `[${about.replaceAll(/[\\\]]/g, '\\$&')}]`
  const start = repeats ? '*' : ''
  if (value === undefined) return `${start}--${name}${text}`
  const action = completes === undefined ? ' ' : renderAction(completes)
  return `${start}--${name}=${text}:${value}:${action}`
}

function renderAction(completes: Completes): string {
  if (completes === 'files') return '_files'
  if (completes === 'directories') return '_files -/'
  return `(${completes.join(' ')})`
}
