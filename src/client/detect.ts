/**
 * Which source fits here: the first of the table whose variables or files are there. Looking asks
 * nobody over the network.
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
  /** The machine to look at; the one this code runs on by default. */
  readonly platform?: Platform | undefined
}

/** A source that was looked at, whether it fits, and why or what is missing. */
export type Considered = Fit & { readonly source: string }

/** What `detect` found, and why. */
export type Detection = {
  readonly source: SubjectTokenSource
  /** Why this one, in a few words. */
  readonly reason: string
  /** All sources, in the order in which they are preferred. */
  readonly considered: readonly Considered[]
}

/**
 * Finds the source of subject tokens that fits the environment.
 *
 * What is explicit comes first (`EDGEMINT_SUBJECT_TOKEN`, `…_FILE`, `…_COMMAND`), then the
 * platforms. Throws `ExchangeError` with the code `source_unavailable` when nothing fits.
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
    description: ['no source of subject tokens fits here', ...near].join('; '),
  })
}

/** Every source, in the order in which `detect` prefers them, and whether it fits here. */
export function listSources(options: DetectOptions = {}): Promise<readonly Considered[]> {
  const platform = options.platform ?? findPlatform()
  return Promise.all(
    SOURCES.map(async (row) => ({ source: row.name, ...(await lookAt(row, platform)) })),
  )
}

/**
 * A source by its name, whether or not the environment speaks for it. Throws `TypeError` for a
 * name that there is not.
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
