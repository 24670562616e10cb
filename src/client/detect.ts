/**
 * Finds the source that fits the environment: the first of the table whose variables or files exist.
 * It makes no network request.
 */
import { ExchangeError } from './exchange/exchange-error.ts'
import { OptionError } from './option-error.ts'
import { findPlatform, type Platform } from './platform.ts'
import { openRow } from './sources/open-row.ts'
import { SOURCES } from './sources/registry.ts'
import { type Fit, lookAt } from './sources/row.ts'
import type { SubjectTokenSource } from './subject-token-source.ts'

/** Options of `detect`, `listSources` and `openSource`. */
export type DetectOptions = {
  /** The platform to examine. Default: the one that this code runs on. */
  readonly platform?: Platform | undefined
}

/** A source that `detect` considered, whether it fits, and why it fits or what is missing. */
export type Considered = Fit & { readonly source: string }

/** The result of `detect`. */
export type Detection = {
  readonly source: SubjectTokenSource
  /** Why `detect` chose this source, in a few words. */
  readonly reason: string
  /** All sources, in the order of preference. */
  readonly considered: readonly Considered[]
}

/**
 * Finds the source of subject tokens that fits the environment.
 *
 * Explicit variables come first (`EDGEMINT_SUBJECT_TOKEN`, `…_FILE`, `…_COMMAND`), then the
 * platforms. Throws `ExchangeError` with the code `source_unavailable` when no source fits.
 *
 * @example
 * const { source, reason } = await detect()
 */
export async function detect(options: DetectOptions = {}): Promise<Detection> {
  const considered = await listSources(options)
  const chosen = considered.find(({ fits }) => fits)
  if (chosen !== undefined) {
    const { source, reason } = chosen
    return { source: openSource(source, options), reason, considered }
  }
  const near = considered
    .filter(({ isNear }) => isNear)
    .map((row) => `${row.source}: ${row.reason}`)
  throw new ExchangeError({
    code: 'source_unavailable',
    description: ['no source of subject tokens fits this environment', ...near].join('; '),
  })
}

/** Lists every source in the order of preference, and whether it fits this environment. */
export function listSources(options: DetectOptions = {}): Promise<readonly Considered[]> {
  const platform = options.platform ?? findPlatform()
  return Promise.all(
    SOURCES.map(async (row) => ({ source: row.name, ...(await lookAt(row, platform)) })),
  )
}

/**
 * Opens a source by its name, whether or not it fits the environment. Throws `TypeError` for an
 * unknown name.
 *
 * @example
 * const source = openSource('google')
 */
export function openSource(name: string, options: DetectOptions = {}): SubjectTokenSource {
  const row = SOURCES.find((candidate) => candidate.name === name)
  if (row === undefined) {
    throw new OptionError(`source must be one of ${SOURCES.map((known) => known.name).join(', ')}`)
  }
  return openRow(row, options.platform ?? findPlatform())
}
