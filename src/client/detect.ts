/**
 * Which source fits here: the first of the table whose variables or files are there. Looking costs
 * nothing and asks nobody over the network.
 */
import { ExchangeError } from './exchange-error.ts'
import { findPlatform, type Platform } from './platform.ts'
import { openRow } from './sources/open-row.ts'
import { SOURCES } from './sources/registry.ts'
import type { SubjectTokenSource } from './subject-token-source.ts'

export type DetectOptions = {
  /** The machine to look at; the one this code runs on by default. */
  readonly platform?: Platform | undefined
}

/** A source that was looked at, whether it fits, and why or what is missing. */
export type Considered = {
  readonly source: string
  readonly fits: boolean
  readonly reason: string
}

export type Detection = {
  readonly source: SubjectTokenSource
  /** Why this one, in a few words. */
  readonly reason: string
  /** All that were looked at, in order, up to the one that fits. */
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
  const platform = options.platform ?? findPlatform()
  const considered: Considered[] = []
  const near: string[] = []
  for (const row of SOURCES) {
    const { verdict, reason } = await row.look(platform)
    considered.push({ source: row.name, fits: verdict === 'fits', reason })
    if (verdict === 'fits') return { source: openRow(row, platform), reason, considered }
    if (verdict === 'near') near.push(`${row.name}: ${reason}`)
  }
  throw new ExchangeError({
    code: 'source_unavailable',
    description: ['no source of subject tokens fits here', ...near].join('; '),
  })
}

/** Every source, and whether it fits here. */
export async function listSources(options: DetectOptions = {}): Promise<readonly Considered[]> {
  const platform = options.platform ?? findPlatform()
  return Promise.all(
    SOURCES.map(async (row) => {
      const { verdict, reason } = await row.look(platform)
      return { source: row.name, fits: verdict === 'fits', reason }
    }),
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
    throw new TypeError(`source must be one of ${SOURCES.map((known) => known.name).join(', ')}`)
  }
  return openRow(row, options.platform ?? findPlatform())
}
