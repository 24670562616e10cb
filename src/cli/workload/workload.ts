/**
 * Finds the source of subject tokens for a command, and exchanges its tokens. Defines the flags and
 * variables that all commands with an exchange share.
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
  listSources,
  openSource,
  type Platform,
  type ProofKey,
  type SubjectTokenSource,
} from '../../client/index.ts'
import type { Flags, Values } from '../shell/command.ts'
import { usageFailure } from '../shell/failure.ts'
import { currentIo, readVariable } from '../shell/io.ts'
import { readToken } from '../shell/read-input.ts'
import { CLOUDS_HINT, SOURCES_HINT, TOKEN_FILE_HINT } from './exchange-failure.ts'
import { maskTokens } from './issued-output.ts'
import { readRetrySeconds } from './retry-seconds.ts'
import { readTarget, TARGET_FLAGS } from './target-flags.ts'

const SOURCE_NAMES = SOURCES.map(({ name }) => name)

export const WORKLOAD_FLAGS = {
  ...TARGET_FLAGS,
  audience: {
    value: 'AUD',
    about:
      'the audience of the subject token, as the gateway expects it; platforms with a fixed audience ignore it',
    variables: ['EDGEMINT_AUDIENCE'],
    default: '`--url`',
  },
  source: {
    value: 'NAME',
    about: 'where the subject token comes from: a [source](sdk.md#sources)',
    default: 'the source that fits',
    completes: SOURCE_NAMES,
  },
  'token-file': {
    value: 'FILE',
    about: 'a file with the subject token, instead of a source; `-` reads stdin',
    completes: 'files',
  },
} as const satisfies Flags

export type WorkloadValues = Partial<Values<typeof WORKLOAD_FLAGS>>

/**
 * The flags of the credential helpers. They cannot read a token from stdin, which the calling tool
 * uses.
 */
export const HELPER_FLAGS = {
  ...WORKLOAD_FLAGS,
  'token-file': {
    ...WORKLOAD_FLAGS['token-file'],
    about: 'a file with the subject token, instead of a source',
  },
} as const satisfies Flags

export type Workload = {
  /** Makes a new exchange at each call. The signal cancels it. */
  readonly getNewToken: (options: RetryOptions) => Promise<HeldToken>
  /** Does the same for a token holder, which passes its own clock. */
  readonly obtain: (readClock: ReadClock, options: RetryOptions) => Promise<Obtained>
  readonly url: string
  readonly resource: string
  readonly audience: string
  /** The name of the source. */
  readonly source: string
  /** Why this source was chosen. */
  readonly reason: string
}

/**
 * Throws a usage failure when flags or environment are invalid. Makes no request. With `proofKey`, all
 * tokens are bound to this key.
 */
export async function openWorkload(values: WorkloadValues, proofKey?: ProofKey): Promise<Workload> {
  const target = readTarget(values)
  const { url, resource } = target
  const audience = values.audience ?? url
  const { source, reason } = await chooseSource(values)
  const retrySeconds = readRetrySeconds()
  const options = { ...target, source, audience, retrySeconds, proofKey }
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

/** Returns the platform of this process, with the environment of the current command. */
export function openPlatform(): Platform {
  return { ...findPlatform(), environment: currentIo().environment }
}

export type ChosenSource = { readonly source: SubjectTokenSource; readonly reason: string }

type SourceValues = Pick<WorkloadValues, 'source' | 'token-file'>

export async function chooseSource(values: SourceValues): Promise<ChosenSource> {
  const { source, reason } = await findSource(values)
  return { source: maskTokens(source), reason }
}

async function findSource(values: SourceValues): Promise<ChosenSource> {
  const { source: name, 'token-file': path } = values
  if (name !== undefined && path !== undefined) {
    throw usageFailure('--source and --token-file cannot be used together')
  }
  if (path !== undefined) return { source: openTokenFile(path), reason: 'set by --token-file' }
  const platform = openPlatform()
  try {
    if (name === undefined) return await detect({ platform })
    return { source: openSource(name, { platform }), reason: 'set by --source' }
  } catch (error) {
    if (error instanceof OptionError) throw usageFailure(`--${error.message}`, SOURCES_HINT)
    if (!(error instanceof ExchangeError)) throw error
    const ways = (await mayBeInCloud(platform)) ? [TOKEN_FILE_HINT, CLOUDS_HINT] : []
    throw usageFailure(error.description, SOURCES_HINT, ...ways)
  }
}

/**
 * Whether this may be a machine or a pod of a cloud: a pod, or nothing says that it is the job of a
 * CI system.
 */
async function mayBeInCloud(platform: Platform): Promise<boolean> {
  if (readVariable('KUBERNETES_SERVICE_HOST') !== undefined) return true
  return (await listSources({ platform })).every(({ isNear }) => !isNear)
}

/** Reads a file again for each exchange. Reads stdin once and keeps the token. */
export function openTokenFile(path: string): SubjectTokenSource {
  let fromStdin: Promise<string> | undefined
  const getSubjectToken = () => {
    if (path !== '-') return readToken(path)
    fromStdin ??= readToken(path)
    return fromStdin
  }
  return { name: 'file', getSubjectToken }
}
