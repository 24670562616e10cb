/**
 * What the table of sources holds for each platform: which variables show its environment, and how
 * it hands out its token. Everything outside comes through the platform that is given.
 */
import type { Platform } from '../platform.ts'
import type { SubjectTokenRequest } from '../subject-token-source.ts'

/** Whether a source fits the environment, and the words that say why or what is missing. */
export type Fit = {
  readonly fits: boolean
  /** The platform is there, but not its token: the reason says what is missing. */
  readonly isNear: boolean
  readonly reason: string
}

export type SourceRow = {
  readonly name: string
  /** Fits where all of these variables are set. */
  readonly all?: readonly string[]
  /** Fits where one of these variables is set. */
  readonly any?: readonly string[]
  /** Shows the platform even where the token is missing, and what to do then. */
  readonly near?: readonly [marker: string, hint: string]
  /** Where variables do not tell. Looks at the machine, never at the network. */
  readonly look?: (platform: Platform) => Fit | Promise<Fit>
  /** May reject with anything: `openRow` makes of it what leaves the door. */
  readonly ask: (platform: Platform, request: SubjectTokenRequest) => Promise<string>
}

/**
 * A sentence for people, without secrets. Temporary means that the platform did not answer; its no,
 * or a variable that is not there, stays as it is.
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

/** An empty variable counts as none: CI systems set what is empty. */
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

/** A source that one variable makes. */
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
