/**
 * The type of a row in the table of sources: which variables identify a platform, and how to get its
 * token. A row uses the machine only through the given `Platform`.
 */
import type { Platform } from '../platform.ts'
import type { SubjectTokenRequest } from '../subject-token-source.ts'

/** Whether a source fits the environment, and why or what is missing. */
export type Fit = {
  readonly fits: boolean
  /** Whether the environment is this platform, but without its token. `reason` says what is missing. */
  readonly isNear: boolean
  readonly reason: string
}

export type SourceRow = {
  readonly name: string
  /** The source fits if all of these variables are set. */
  readonly all?: readonly string[]
  /** The source fits if one of these variables is set. */
  readonly any?: readonly string[]
  /** A variable that identifies the platform even without a token, and what to do then. */
  readonly near?: readonly [marker: string, hint: string]
  /** Replaces the variables above if they are not enough. It makes no network request. */
  readonly look?: (platform: Platform) => Fit | Promise<Fit>
  /** May reject with any error. `openRow` converts it to an `ExchangeError`. */
  readonly ask: (platform: Platform, request: SubjectTokenRequest) => Promise<string>
}

/**
 * Why a source failed, in a sentence without secrets. A failure is temporary if the platform did not
 * answer. A refusal by the platform or a missing variable is not.
 */
export class SourceFault extends Error {
  readonly isTemporary: boolean
  readonly retryAfterSeconds: number | undefined

  constructor(sentence: string, isTemporary = false, retryAfterSeconds?: number) {
    super(sentence)
    this.isTemporary = isTemporary
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Reads a variable. An empty one counts as not set, because CI systems set empty variables. */
export function readVariable({ environment }: Platform, name: string): string | undefined {
  return environment[name] || undefined
}

export function requireVariable(platform: Platform, name: string): string {
  const value = readVariable(platform, name)
  if (value === undefined) throw new SourceFault(`${name} is not set`)
  return value
}

export function lookAt(row: SourceRow, platform: Platform): Fit | Promise<Fit> {
  if (row.look !== undefined) return row.look(platform)
  const { all = [], any = [], near: [marker = '', hint] = [] } = row
  const isSet = (name: string) => readVariable(platform, name) !== undefined
  const found = any.find(isSet)
  const missing = all.find((name) => !isSet(name)) ?? (found === undefined ? any.join(', ') : '')
  const fits = missing === ''
  const isNear = !fits && isSet(marker)
  if (fits) return { fits, isNear, reason: `${found ?? all.join(' and ')} set` }
  const reason = isNear ? `${marker} set, but not ${missing}: ${hint}` : `not set: ${missing}`
  return { fits, isNear, reason }
}

/** Makes the row of a source that needs only one variable. */
export function valueRow(
  name: string,
  variable: string,
  ask: (platform: Platform, value: string, signal: AbortSignal | undefined) => Promise<string>,
): SourceRow {
  return {
    name,
    all: [variable],
    ask: async (platform, { signal }) => ask(platform, requireVariable(platform, variable), signal),
  }
}
