/**
 * Arguments → typed flags, with a sentence for each way of getting them wrong. Node's own parser
 * does the work; its strict mode speaks in several sentences and lets a flag be given twice.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { usageFailure } from './failure.ts'

type FlagTable = NonNullable<ParseArgsConfig['options']>

type Parsed<T extends FlagTable> = ReturnType<
  typeof parseArgs<{ options: T; strict: true; allowPositionals: true }>
>

export type Positionals = { readonly least: number; readonly most: number; readonly what: string }

const NO_POSITIONALS: Positionals = { least: 0, most: 0, what: 'no file' }

/** Throws a usage failure. Whoever asked for help does not come this far. */
export function parseFlags<T extends FlagTable>(
  args: readonly string[],
  table: T,
  positionals: Positionals = NO_POSITIONALS,
): Parsed<T> {
  checkTokens(args, table)
  const parsed = parseArgs({
    args: [...args],
    options: table,
    strict: true,
    allowPositionals: true,
  })
  const count = parsed.positionals.length
  if (count < positionals.least || count > positionals.most) {
    const extra = parsed.positionals[positionals.most]
    throw usageFailure(
      extra === undefined ? `needs ${positionals.what}` : `unexpected argument "${extra}"`,
    )
  }
  return parsed
}

function checkTokens(args: readonly string[], options: FlagTable): void {
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    const flag = Object.hasOwn(options, name) ? options[name] : undefined
    if (flag === undefined) throw usageFailure(`unknown flag ${rawName}`)
    if (flag.type === 'boolean' && value !== undefined) {
      throw usageFailure(`${rawName} takes no value`)
    }
    // `--url --json` forgot a value; a single dash stands for stdin.
    const isFlag = inlineValue === false && value?.startsWith('-') && value !== '-'
    if (flag.type === 'string' && (value === undefined || value === '' || isFlag)) {
      throw usageFailure(`${rawName} needs a value`)
    }
    if (seen.has(name) && flag.multiple !== true) throw usageFailure(`${rawName} is given twice`)
    seen.add(name)
  }
}

/** The value of a flag that a command cannot do without. */
export function requireFlag(name: string, value: string | undefined): string {
  if (value === undefined) throw usageFailure(`--${name} is required`)
  return value
}

export function parsePort(value: string | undefined, fallback: number): number {
  if (value === undefined) return fallback
  if (!/^[0-9]{1,5}$/.test(value) || Number(value) > 65_535) {
    throw usageFailure('--port must be a number from 0 to 65535; 0 picks a free one')
  }
  return Number(value)
}
