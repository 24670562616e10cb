#!/usr/bin/env node
/**
 * The command line: finds the command, runs it, and turns however it ended into an exit code.
 * Commands are loaded when they are asked for, so that one does not pay for another's parts.
 */
import { readFileSync } from 'node:fs'
import { COMMANDS } from './command-table.ts'
import { EXIT_CODES, type ExitCode } from './exit-codes.ts'
import { CommandFailure, usageFailure } from './failure.ts'
import { print, sayFailure } from './output.ts'

const HELP_HINT = 'npx edgemint --help'

async function main(args: readonly string[]): Promise<number> {
  const [first] = args
  if (first === undefined) throw usageFailure('a command is required', HELP_HINT)
  if (first === '--help' || first === '-h') return showHelp()
  if (first === '--version') return showVersion()
  if (first.startsWith('-')) throw usageFailure(`unknown flag ${first}`, HELP_HINT)
  const { entry, name, rest } = findCommand(args)
  const command = await entry.load()
  if (asksForHelp(rest)) {
    print(command.usage)
    return EXIT_CODES.done
  }
  try {
    return await command.run(rest)
  } catch (error) {
    // Whatever was wrong with the words, the words that work are one command away.
    const isBareUsage = error instanceof CommandFailure && error.exitCode === EXIT_CODES.usage
    if (!isBareUsage || error.hints.length > 0) throw error
    throw usageFailure(error.message, `npx edgemint ${name} --help`)
  }
}

/** What stands after `--` is said to another program. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  const own = end === -1 ? args : args.slice(0, end)
  return own.some((argument) => argument === '--help' || argument === '-h')
}

function findCommand(args: readonly string[]) {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ')
    const entry = COMMANDS.get(name)
    if (entry !== undefined) return { entry, name, rest: args.slice(words) }
  }
  const [first] = args
  const seconds = [...COMMANDS.keys()]
    .filter((name) => name.startsWith(`${first} `))
    .map((name) => name.slice(`${first} `.length))
  if (seconds.length === 0) throw usageFailure(`unknown command "${first}"`, HELP_HINT)
  const [only] = seconds
  if (seconds.length > 1)
    throw usageFailure(`${first} needs one of ${seconds.join(', ')}`, HELP_HINT)
  throw usageFailure(`${first} needs "${only}"`, `npx edgemint ${first} ${only} --help`)
}

function showHelp(): ExitCode {
  const width = Math.max(...[...COMMANDS.keys()].map((name) => name.length)) + 2
  const rows = [...COMMANDS].map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`)
  print(
    [
      'Usage: edgemint COMMAND [FLAGS]',
      '',
      ...rows,
      '',
      'Examples:',
      '  npx edgemint serve --trust examples/trust.yaml --local-issuers',
      '  npx edgemint validate examples/trust.yaml --local-issuers',
      '  npx edgemint exchange --help',
      '',
      'Exit codes: 0 done, 1 refused, 2 usage, 3 unreachable, 4 changes pending (plan)',
    ].join('\n'),
  )
  return EXIT_CODES.done
}

function showVersion(): ExitCode {
  const path = new URL('../../../package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string }
  print(version)
  return EXIT_CODES.done
}

function endWith(error: unknown): ExitCode {
  if (error instanceof CommandFailure) {
    sayFailure(error)
    return error.exitCode
  }
  const message = error instanceof Error ? error.message : String(error)
  sayFailure(new CommandFailure(EXIT_CODES.refused, `unexpected failure: ${message}`))
  return EXIT_CODES.refused
}

// The reader of a pipe may leave early, as `head` does: nobody is left to tell.
process.stdout.on('error', () => process.exit(EXIT_CODES.done))
// A server goes on without its log.
process.stderr.on('error', () => {})

main(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode
  },
  (error: unknown) => {
    process.exitCode = endWith(error)
  },
)
