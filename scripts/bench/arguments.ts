/** The arguments of `npm run bench`, `npm run bench:log` and `npm run bench:peers`. */
import { parseArgs } from 'node:util'

export type BenchArguments = {
  readonly json: boolean
  /** Rows whose name matches; undefined means all. */
  readonly only: RegExp | undefined
  readonly pairs: number
  readonly seconds: number
}

/** Message and usage, for stderr. */
export class ArgumentsRefused extends Error {}

/** Fewer pairs give no quartiles worth reading; for a quick look, fewer are allowed. */
const DEFAULT_PAIRS = 7
/** Many short slices cancel the noise of a shared machine better than a few long ones. */
const DEFAULT_SECONDS = 2
const MAX_PAIRS = 1000
const MAX_SECONDS = 600

const USAGE = `usage: [--only PATTERN] [--pairs N] [--seconds S] [--json]
  --only PATTERN  rows whose name matches this regular expression, in any case
  --pairs N       slices of each server, in turns (${DEFAULT_PAIRS})
  --seconds S     length of one slice (${DEFAULT_SECONDS})
  --json          prints the results as JSON; docs/performance.md describes it`

/** @throws ArgumentsRefused */
export function readArguments(args: readonly string[]): BenchArguments {
  const { json, only, pairs, seconds } = parse(args)
  const count = readNumber('--pairs', pairs, DEFAULT_PAIRS, MAX_PAIRS)
  if (!Number.isInteger(count)) refuse('--pairs must be a whole number')
  return {
    json: json ?? false,
    only: only === undefined ? undefined : readPattern(only),
    pairs: count,
    seconds: readNumber('--seconds', seconds, DEFAULT_SECONDS, MAX_SECONDS),
  }
}

/** As `readArguments`, for a program: ends it with 2 after a message. */
export function readArgumentsOrExit(args: readonly string[]): BenchArguments {
  try {
    return readArguments(args)
  } catch (error) {
    if (!(error instanceof ArgumentsRefused)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean' },
        only: { type: 'string' },
        pairs: { type: 'string' },
        seconds: { type: 'string' },
      },
    })
    return values
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

function readPattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i')
  } catch {
    return refuse('--only must be a regular expression')
  }
}

function readNumber(
  name: string,
  text: string | undefined,
  otherwise: number,
  most: number,
): number {
  if (text === undefined) return otherwise
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (!(value > 0 && value <= most)) refuse(`${name} must be a number above 0, at most ${most}`)
  return value
}

function refuse(message: string): never {
  throw new ArgumentsRefused(`${message}\n${USAGE}`)
}
