/**
 * Runs one command line in any process: finds the command, runs it, and returns its exit code. Only
 * the module of that command is loaded, which keeps the start fast. main.ts does what the `edgemint`
 * process needs in addition.
 */
import { readFileSync } from 'node:fs'
import { findNearest } from '../../web/text/nearest.ts'
import type { Entry } from './command.ts'
import { COMMANDS, PARTS } from './command-table.ts'
import { EXIT_CODES, type ExitCode } from './exit-codes.ts'
import { CommandFailure, FlagFailure, usageFailure } from './failure.ts'
import { withoutFolder } from './faults/file-fault.ts'
import { hintOfVersion, nameOfValue } from './flags.ts'
import { renderGroup, renderHelp, renderOverview } from './help.ts'
import { type Io, processIo, withIo } from './io.ts'
import { print, sayFailure } from './output.ts'
import { reportCrash } from './program/crash.ts'

const HELP_HINT = 'npx edgemint --help'
const VERSION_FLAG = '--version'

/** Never throws. Resolves to one of `EXIT_CODES`, or to the exit code of the program for `exec`. */
export function run(args: readonly string[], io: Io = processIo()): Promise<number> {
  return withIo(io, async () => {
    try {
      return await dispatch(args)
    } catch (error) {
      const failure = error instanceof CommandFailure ? error : withoutFolder(error)
      if (failure === undefined) return reportCrash(error)
      sayFailure(failure)
      return failure.exitCode
    }
  })
}

async function dispatch(args: readonly string[]): Promise<number> {
  const [first] = args
  if (first === undefined) throw usageFailure('a command is required', HELP_HINT)
  const own = beforeProgram(args)
  if (first === 'help') return showHelpOf(withoutHelp(args.slice(1)), 'alone')
  if (own.some(isHelpFlag)) return showHelpOf(withoutHelp(own), 'within a command line')
  if (first === VERSION_FLAG) return showVersion(args.slice(1))
  if (first.startsWith('-')) throw unknownFlag(first)
  const { entry, name, rest } = findCommand(args)
  const command = await entry.load()
  try {
    return await command.run(rest, COMMANDS)
  } catch (error) {
    if (!(error instanceof CommandFailure) || error.exitCode !== EXIT_CODES.usage) throw error
    const hints = error.hints.length > 0 ? error.hints : [`npx edgemint ${name} --help`]
    if (!(error instanceof FlagFailure)) throw usageFailure(error.message, ...hints)
    const origin = nameOfValue(error.flag, rest, command.command.flags)
    throw usageFailure(`${origin} ${error.sentence}`, ...hints)
  }
}

function withoutHelp(words: readonly string[]): readonly string[] {
  return words.filter((word) => !isHelpFlag(word) && word !== VERSION_FLAG)
}

/** The arguments after `--` belong to another program. */
function beforeProgram(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--')
  return end === -1 ? args : args.slice(0, end)
}

function unknownFlag(flag: string): CommandFailure {
  return usageFailure(`unknown flag ${flag}`, hintOfVersion(flag) ?? HELP_HINT)
}

function isHelpFlag(argument: string): boolean {
  return argument === '--help' || argument === '-h'
}

function findCommand(args: readonly string[]) {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ')
    const entry = COMMANDS.get(name)
    if (entry !== undefined) return { entry, name, rest: args.slice(words) }
  }
  const [first = '', second = ''] = args
  const seconds = [...listGroup(first).keys()].map((name) => name.slice(`${first} `.length))
  if (seconds.length === 0) {
    const firsts = new Set([...COMMANDS.keys()].flatMap((name) => name.split(' ')[0] ?? []))
    const nearest = findNearest(first, firsts)
    const rest = nearest === undefined ? '' : `: did you mean ${nearest}?`
    throw usageFailure(`unknown command "${first}"${rest}`, HELP_HINT)
  }
  const hint = `npx edgemint ${first} --help`
  const nearest = findNearest(second, seconds)
  if (nearest === undefined) {
    throw usageFailure(`${first} needs a subcommand: ${seconds.join(', ')}`, hint)
  }
  throw usageFailure(
    `unknown command "${first} ${second}": did you mean ${first} ${nearest}?`,
    hint,
  )
}

/** Returns the commands of two words that begin with this one, with their summaries. */
function listGroup(first: string): ReadonlyMap<string, string> {
  return new Map(
    [...COMMANDS].flatMap(([name, { summary }]) =>
      name.startsWith(`${first} `) ? [[name, summary]] : [],
    ),
  )
}

/** A help flag may end any command line. `edgemint help` takes only the words of a command. */
async function showHelpOf(
  words: readonly string[],
  form: 'alone' | 'within a command line',
): Promise<ExitCode> {
  const [first, ...others] = words
  if (first === undefined || (first === 'help' && others.length === 0)) return showOverview()
  if (first.startsWith('-')) throw unknownFlag(first)
  const group = others.length === 0 ? listGroup(first) : new Map<string, string>()
  if (group.size === 0) {
    const { entry, name, rest } = findCommand(words)
    const [extra] = form === 'alone' ? rest : []
    if (extra !== undefined) {
      throw usageFailure(`unexpected argument "${extra}"`, `npx edgemint help ${name}`)
    }
    return showHelp(name, entry)
  }
  print(renderGroup(first, group))
  return EXIT_CODES.done
}

function showOverview(): ExitCode {
  const summaries = new Map([...COMMANDS].map(([name, { summary }]) => [name, summary]))
  print(renderOverview(summaries, PARTS))
  return EXIT_CODES.done
}

async function showHelp(name: string, entry: Entry): Promise<ExitCode> {
  print(renderHelp(name, (await entry.load()).command))
  return EXIT_CODES.done
}

/** Other arguments are refused: `--version --json` would print no JSON. */
function showVersion(others: readonly string[]): ExitCode {
  const other = others.find((word) => word !== VERSION_FLAG)
  if (other?.startsWith('-')) throw unknownFlag(other)
  if (other !== undefined) throw usageFailure(`unexpected argument "${other}"`, HELP_HINT)
  const path = new URL('../../../package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string }
  print(version)
  return EXIT_CODES.done
}
