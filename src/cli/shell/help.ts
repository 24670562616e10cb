/** Renders `--help`: the overview of all commands, of one group, and the help of one command. */
import type { Command, Flag, Flags } from './command.ts'
import { EXIT_CODE_MEANINGS, EXIT_CODES } from './exit-codes.ts'

const LINE_LENGTH = 100

export function renderHelp(name: string, command: Command): string {
  const { synopsis, about, flags, notes, example } = command
  return [
    `Usage: edgemint ${name} ${synopsis}`.trimEnd(),
    '',
    about,
    ...(Object.keys(flags).length === 0 ? [] : ['', ...renderFlags(flags)]),
    ...(notes === undefined ? [] : ['', notes]),
    '',
    'Example:',
    `  ${example.replaceAll('\n', '\n  ')}`,
  ].join('\n')
}

/** Renders the commands that begin with one word, such as `decisions`. */
export function renderGroup(group: string, summaries: ReadonlyMap<string, string>): string {
  const [first = ''] = summaries.keys()
  return [
    `Usage: edgemint ${group} COMMAND [FLAGS]`,
    '',
    ...renderSummaries(summaries),
    '',
    'Example:',
    `  npx edgemint ${first} --help`,
  ].join('\n')
}

/** `parts` has the headings, each by the name of the command that it stands above. */
export function renderOverview(
  summaries: ReadonlyMap<string, string>,
  parts: ReadonlyMap<string, string>,
): string {
  const codes = Object.entries(EXIT_CODES).map(([key, code]) => {
    return `${code} ${EXIT_CODE_MEANINGS[key as keyof typeof EXIT_CODES].name}`
  })
  return [
    'Usage: edgemint COMMAND [FLAGS]',
    '',
    'Gives jobs and services short-lived tokens for APIs, without a stored secret.',
    'edgemint COMMAND --help explains a command.',
    ...renderSummaries(summaries, parts),
    '',
    'Examples:',
    '  npx edgemint serve --trust trust.yaml --local-issuers',
    '  npx edgemint validate trust.yaml',
    '  npx edgemint exchange --help',
    '',
    `Exit codes: ${codes.join(', ')}`,
    'Documentation: https://github.com/edgemint/edgemint/tree/main/docs',
  ].join('\n')
}

function renderSummaries(
  summaries: ReadonlyMap<string, string>,
  parts: ReadonlyMap<string, string> = new Map(),
): readonly string[] {
  const width = Math.max(...[...summaries.keys()].map((name) => name.length)) + 2
  return [...summaries].flatMap(([name, summary]) => {
    const part = parts.get(name)
    const heading = part === undefined ? [] : ['', `${part}:`]
    return [...heading, `  ${name.padEnd(width)}${summary}`]
  })
}

function renderFlags(flags: Flags): readonly string[] {
  const entries = Object.entries(flags)
  const width = Math.max(...entries.map(([name, flag]) => renderName(name, flag).length)) + 2
  return entries.flatMap(([name, flag]) => {
    const [first = '', ...rest] = wrap(describeFlag(flag), LINE_LENGTH - width - 2)
    const indent = ' '.repeat(width + 2)
    return [
      `  ${renderName(name, flag).padEnd(width)}${first}`,
      ...rest.map((line) => indent + line),
    ]
  })
}

/** `--url URL`. */
export function renderName(name: string, { value }: Flag): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`
}

/** Renders the description of a flag as plain text. */
function describeFlag(flag: Flag): string {
  const { about, repeats, alias } = flag
  const parts = [about, ...(alias === undefined ? [] : [`\`--${alias}\` for short`])]
  if (repeats) parts.push('may be repeated')
  const fallback = describeDefault(flag)
  if (fallback !== '') parts.push(flag.required ? fallback : `${fallback} by default`)
  return makePlainText(parts.join('; '))
}

/**
 * Returns the default of the flag in Markdown, or that it is required. Empty if it is optional and
 * has no default.
 */
export function describeDefault({ required, variables = [], default: fallback }: Flag): string {
  const names = variables.map((name) => `\`${name}\``)
  const all = [
    ...(required ? ['required'] : []),
    ...names,
    ...(fallback === undefined ? [] : [fallback]),
  ]
  return all.join(', or ')
}

/** Converts Markdown to plain text: code without backticks, links without their targets. */
export function makePlainText(text: string): string {
  return text.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll('`', '')
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
