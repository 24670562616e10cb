/**
 * Parses arguments into the values of a command's flags. Each mistake has one message, which is the
 * same for every command. Node's parser splits the arguments. Its strict mode is not used because it
 * silently takes the last value of a flag that is given twice.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { findNearest } from '../../web/text/nearest.ts'
import type { Arguments, Command, Flag, Flags, Values } from './command.ts'
import { usageFailure } from './failure.ts'
import { readVariable } from './io.ts'

export type Parsed<T extends Flags> = {
  readonly values: Values<T>
  readonly positionals: readonly string[]
  /** The name of the flag, or of the environment variable that its value came from. */
  readonly nameOf: (flag: keyof T & string) => string
}

type Given = Map<string, string[]>

/** Throws a usage failure. The caller has handled `--help`. */
export function parseFlags<T extends Pick<Command, 'flags' | 'arguments'>>(
  args: readonly string[],
  command: T,
): Parsed<T['flags']> {
  const { flags } = command
  const { given, positionals } = readArguments(args, flags)
  checkCount(positionals, command.arguments)
  const origins = new Map<string, string>()
  const values = Object.entries(flags).map(([name, flag]) => {
    if (flag.value === undefined) return [name, given.has(name)]
    const variable = given.has(name) ? undefined : flag.variables?.find(readVariable)
    if (variable !== undefined) origins.set(name, variable)
    const list = variable === undefined ? given.get(name) : splitVariable(variable, flag)
    return [name, flag.repeats ? list : list?.[0]]
  })
  return {
    values: Object.fromEntries(values),
    positionals,
    nameOf: (name) => origins.get(name) ?? `--${name}`,
  }
}

function splitVariable(name: string, { repeats, separator = /\s+/ }: Flag): readonly string[] {
  const text = readVariable(name) ?? ''
  return repeats ? text.split(separator).filter((word) => word !== '') : [text]
}

function readArguments(args: readonly string[], flags: Flags) {
  const names = new Map(
    Object.entries(flags).flatMap(([name, { alias = name }]) => [
      [name, name],
      [alias, name],
    ]),
  )
  const { tokens } = parseArgs({
    args: [...args],
    options: renderOptions(names, flags),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const given: Given = new Map()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const { rawName, value, inlineValue } = token
    const name = names.get(token.name) ?? ''
    const flag = flags[name]
    if (flag === undefined) {
      const hint = rawName === '--bind' ? BIND_HINT : hintOfVersion(rawName)
      const hints = hint === undefined ? [] : [hint]
      throw usageFailure(describeUnknown(rawName, names.keys()), ...hints)
    }
    if (flag.value === undefined && value !== undefined) {
      throw usageFailure(`${rawName} takes no value`)
    }
    // In `--url --json` the value is missing. A single dash means stdin, and `-1` is a number.
    const isFlag = inlineValue === false && /^-[^0-9]/.test(value ?? '')
    if (flag.value !== undefined && (value === undefined || value.trim() === '' || isFlag)) {
      throw usageFailure(`${rawName} needs a value`)
    }
    const before = given.get(name)
    if (before !== undefined && flag.repeats !== true) {
      throw usageFailure(`--${name} is given twice`)
    }
    given.set(name, [...(before ?? []), value ?? ''])
  }
  return { given, positionals }
}

/** Other commands hand their token to another program, which does not have the key. */
const BIND_HINT = 'only edgemint proxy and edgemint exec can use a token that is bound to a key'

/** The version has one flag, which stands alone: for other spellings, the command that prints it. */
export function hintOfVersion(flag: string): string | undefined {
  return /^--?(?:v|V|version)$/.test(flag) ? 'npx edgemint --version' : undefined
}

function renderOptions(
  names: ReadonlyMap<string, string>,
  flags: Flags,
): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    [...names].map(([key, name]) => {
      const isSwitch = flags[name]?.value === undefined
      return [key, { type: isSwitch ? 'boolean' : 'string', multiple: true }]
    }),
  )
}

function describeUnknown(rawName: string, names: Iterable<string>): string {
  const nearest = findNearest(rawName.replace(/^-+/, ''), names)
  return `unknown flag ${rawName}${nearest === undefined ? '' : `: did you mean --${nearest}?`}`
}

function checkCount(
  positionals: readonly string[],
  { least, most, what }: Arguments = { least: 0, most: 0, what: '' },
): void {
  if (positionals.some((text) => text.trim() === '')) throw usageFailure('an argument is empty')
  const extra = positionals[most]
  if (extra !== undefined) throw usageFailure(`unexpected argument "${extra}"`)
  if (positionals.length < least) throw usageFailure(`an argument is missing: ${what}`)
}

/**
 * Returns the name of a flag, or of the environment variable that its value came from: the caller may
 * not know that a flag reads it.
 */
export function nameOfValue(flag: string, args: readonly string[], flags: Flags): string {
  const variable = flags[flag]?.variables?.find(readVariable)
  // What follows is for the program that `exec` runs.
  const end = args.indexOf('--')
  const own = end === -1 ? args : args.slice(0, end)
  const name = `--${flag}`
  const isGiven = own.some((arg) => arg === name || arg.startsWith(`${name}=`))
  return variable === undefined || isGiven ? name : variable
}

/** Returns the value of a required flag, or throws a usage failure. */
export function requireFlag(name: string, value: string | undefined): string {
  if (value === undefined) throw usageFailure(`--${name} is required`)
  return value
}

type NumberRange = {
  readonly least: number
  readonly most: number
  /** Such as `seconds`. */
  readonly unit?: string
}

/** Returns a whole number. Throws a usage failure that names the range of the flag or variable. */
export function parseNumber(name: string, text: string, range: NumberRange): number {
  const { least, most, unit } = range
  const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  const what = unit === undefined ? 'a number' : `a number of ${unit}`
  throw usageFailure(`${name} must be ${what} from ${least} to ${most}`)
}

/** Returns the value of a choice, or throws a usage failure that lists all of them. */
export function parseChoice<T extends {}>(
  name: string,
  text: string,
  choices: ReadonlyMap<string, T>,
): T {
  const chosen = choices.get(text)
  if (chosen !== undefined) return chosen
  throw usageFailure(`${name} must be one of ${[...choices.keys()].join(', ')}`)
}

/** The choices of a flag whose values stand for themselves. */
export function choicesOf<T extends string>(values: readonly T[]): ReadonlyMap<string, T> {
  return new Map(values.map((value) => [value, value]))
}

export function parsePort(value: string | undefined, fallback: number, flag = '--port'): number {
  if (value === undefined) return fallback
  if (!/^[0-9]{1,5}$/.test(value) || Number(value) > 65_535) {
    throw usageFailure(`${flag} must be a number from 0 to 65535; 0 picks a free port`)
  }
  return Number(value)
}
