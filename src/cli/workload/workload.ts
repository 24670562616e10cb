/**
 * The workload that a command runs in: where its platform's token comes from, and issued tokens in
 * exchange for it. Commands that need a token share these flags and variables.
 */
import {
  exchangeSteadily,
  type Obtained,
  type ReadClock,
  type RetryOptions,
  type SteadyOptions,
} from '../../client/in-house.ts'
import {
  detect,
  ExchangeError,
  findPlatform,
  type HeldToken,
  openSource,
  type SubjectTokenSource,
} from '../../client/index.ts'
import type { Environment } from '../operate/worker-variables.ts'
import { usageFailure } from '../shell/failure.ts'
import { readToken } from '../shell/read-input.ts'
import { SOURCES_HINT } from './exchange-failure.ts'
import { readRetrySeconds } from './retry-seconds.ts'
import { readTarget, readVariable, TARGET_FLAGS, type TargetValues } from './target-flags.ts'

export const WORKLOAD_FLAGS = {
  ...TARGET_FLAGS,
  audience: { type: 'string' },
  source: { type: 'string' },
  'token-file': { type: 'string' },
} as const

export type WorkloadValues = TargetValues & {
  readonly audience?: string | undefined
  readonly source?: string | undefined
  readonly 'token-file'?: string | undefined
}

export type Workload = {
  /** A new token at every call. The signal ends the exchange itself. */
  readonly getNewToken: (options: RetryOptions) => Promise<HeldToken>
  /** The same for a token holder, which has a clock of its own. */
  readonly obtain: (readClock: ReadClock, options: RetryOptions) => Promise<Obtained>
  readonly url: string
  readonly resource: string
  readonly audience: string
  /** The name of the source, and why it is this one. */
  readonly source: string
  readonly reason: string
}

/** Throws a usage failure where flags or environment cannot be meant. Asks nobody yet. */
export async function openWorkload(
  values: WorkloadValues,
  environment: Environment = process.env,
): Promise<Workload> {
  const target = readTarget(values, environment)
  const { url, resource } = target
  const audience = values.audience ?? readVariable(environment, 'EDGEMINT_AUDIENCE') ?? url
  const { source, reason } = await chooseSource(values, environment)
  const retrySeconds = readRetrySeconds(environment)
  const options = { ...target, source, audience, retrySeconds }
  return {
    getNewToken: (bounds) => exchangeAnew(options, bounds),
    obtain: (readClock, bounds) => exchangeSteadily(options, readClock, bounds),
    url,
    resource,
    audience,
    source: source.name,
    reason,
  }
}

export async function exchangeAnew(
  options: SteadyOptions,
  bounds: RetryOptions,
): Promise<HeldToken> {
  const readClock = () => Date.now() / 1000
  const { token, askedAt } = await exchangeSteadily(options, readClock, bounds)
  return { ...token, expiresAt: askedAt + token.expiresInSeconds }
}

export type ChosenSource = { readonly source: SubjectTokenSource; readonly reason: string }

export async function chooseSource(
  values: Pick<WorkloadValues, 'source' | 'token-file'>,
  environment: Environment,
): Promise<ChosenSource> {
  const { source: name, 'token-file': path } = values
  if (name !== undefined && path !== undefined) {
    throw usageFailure('--source and --token-file exclude each other')
  }
  if (path !== undefined) return { source: openTokenFile(path), reason: '--token-file names it' }
  const platform = { ...findPlatform(), environment }
  try {
    if (name === undefined) return await detect({ platform })
    return { source: openSource(name, { platform }), reason: '--source names it' }
  } catch (error) {
    if (error instanceof TypeError) throw usageFailure(`--${error.message}`, SOURCES_HINT)
    if (!(error instanceof ExchangeError)) throw error
    throw usageFailure(error.description, SOURCES_HINT)
  }
}

/** A file is read anew for each exchange; stdin can be read once. */
export function openTokenFile(path: string): SubjectTokenSource {
  let fromStdin: Promise<string> | undefined
  const getSubjectToken = () => {
    if (path !== '-') return readToken(path)
    fromStdin ??= readToken(path)
    return fromStdin
  }
  return { name: 'file', getSubjectToken }
}
