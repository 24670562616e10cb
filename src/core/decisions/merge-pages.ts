/**
 * Merges the answers of all shards into one page. A shard that stopped early has found only the records
 * after some time, so the page ends there, and the next one begins there.
 */
import type { DecisionPosition } from '../../contract/decisions/query.ts'
import { BEFORE_ALL_IDS } from './cursor.ts'
import { comparePositions } from './match.ts'

export type ShardPage<R extends DecisionPosition> = {
  /** At most the asked number, the newest first. */
  readonly records: readonly R[]
  /** If set, only records later than this time were searched. */
  readonly searchedTo?: number
}

export type MergedPage<R extends DecisionPosition> = {
  readonly records: readonly R[]
  /** The position that the next page follows. Undefined if no record is left. */
  readonly next: DecisionPosition | undefined
}

export function mergePages<R extends DecisionPosition>(
  pages: readonly ShardPage<R>[],
  limit: number,
): MergedPage<R> {
  const stops = pages.flatMap(({ searchedTo }) => (searchedTo === undefined ? [] : [searchedTo]))
  const stop = stops.length === 0 ? undefined : Math.max(...stops)
  const found = pages
    .flatMap(({ records }) => records)
    .filter(({ at }) => stop === undefined || at > stop)
    .sort(comparePositions)
  const records = found.slice(0, limit)
  const last = records.at(-1)
  if (last !== undefined && records.length === limit) {
    const mayHaveMore =
      found.length > limit ||
      stop !== undefined ||
      pages.some((page) => page.records.length === limit)
    return { records, next: mayHaveMore ? { at: last.at, id: last.id } : undefined }
  }
  return { records, next: stop === undefined ? undefined : { at: stop, id: BEFORE_ALL_IDS } }
}
