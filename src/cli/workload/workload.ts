/**
 * The workload that a command runs in: where its platform's token comes from, and issued tokens in
 * exchange for it. Commands that need a token share these flags and variables.
 */
import {
  exchangeSteadily,
  type Obtained,
  OptionError,
  type ReadClock,
  type RetryOptions,
  SOURCES,
  type SteadyOptions,
} from '../../client/in-house.ts'
import {
  detect,
  ExchangeError,
  findPlatform,
  type HeldToken,
  openSource,
  type Platform,
  type SubjectTokenSource,
} from '../../client/index.ts'
import type { Flags, Values } from '../shell/command.ts'
import { usageFailure } from '../shell/failure.ts'
import { currentIo } from '../shell/io.ts'
import { readToken } from '../shell/read-input.ts'
import { SOURCES_HINT } from './exchange-failure.ts'
import { readRetrySeconds } from './retry-seconds.ts'
import { readTarget, TARGET_FLAGS } from './target-flags.ts'

const SOURCE_NAMES = SOURCES.map(({ name }) => name)

export const WORKLOAD_FLAGS = {
  ...TARGET_FLAGS,
  audience: {
    value: 'AUD',
    about:
      "the audience that the gateway expects of the platform's token; platforms that fix their own ignore it",
    variables: ['EDGEMINT_AUDIENCE'],
    default: '`--url`',
  },
  source: {
    value: 'NAME',
    about: 'where the token of the platform comes from: a [source](sdk.md#sources)',
    default: 'the one that fits',
    completes: SOURCE_NAMES,
  },
  'token-file': {
    value: 'FILE',
    about: 'a file with the token of the platform, instead of a source; `-` reads stdin',
    completes: 'files',
  },
} as const satisfies Flags

export type WorkloadValues = Partial<Values<typeof WORKLOAD_FLAGS>>

/** Of the credential helpers, whose stdin belongs to the tool that asks. */
export const HELPER_FLAGS = {
  ...WORKLOAD_FLAGS,
  'token-file': {
    ...WORKLOAD_FLAGS['token-file'],
    about: 'a file with the token of the platform, instead of a source',
  },
} as const satisfies Flags

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
export async function openWorkload(values: WorkloadValues): Promise<Workload> {
  const target = readTarget(values)
  const { url, resource } = target
  const audience = values.audience ?? url
  const { source, reason } = await chooseSource(values)
  const retrySeconds = readRetrySeconds()
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

/** The platform that this run sees. */
export function openPlatform(): Platform {
  return { ...findPlatform(), environment: currentIo().environment }
}

export type ChosenSource = { readonly source: SubjectTokenSource; readonly reason: string }

export async function chooseSource(
  values: Pick<WorkloadValues, 'source' | 'token-file'>,
): Promise<ChosenSource> {
  const { source: name, 'token-file': path } = values
  if (name !== undefined && path !== undefined) {
    throw usageFailure('--source and --token-file exclude each other')
  }
  if (path !== undefined) return { source: openTokenFile(path), reason: '--token-file names it' }
  const platform = openPlatform()
  try {
    if (name === undefined) return await detect({ platform })
    return { source: openSource(name, { platform }), reason: '--source names it' }
  } catch (error) {
    if (error instanceof OptionError) throw usageFailure(`--${error.message}`, SOURCES_HINT)
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
