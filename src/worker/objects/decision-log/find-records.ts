/**
 * Finds records in one shard. A call reads the list of its sources at once, so batches that are
 * compressed meanwhile are neither missed nor found twice.
 */
import type { DecisionPosition } from '../../../contract/decisions/query.ts'
import { type DecisionRecord, readRecord } from '../../../contract/decisions/record.ts'
import { comparePositions, matchesFilter } from '../../../core/decisions/match.ts'
import { DECISION_PAGE_READS } from '../../limits.ts'
import { decompress, unpackBatches } from './batches.ts'
import type { FoundRecord, PageAnswer, PageRequest } from './messages.ts'
import { findTerm } from './terms.ts'

/** A batch or a block. `lines` is undefined for a block. */
type Source = {
  readonly toAt: number
  readonly fromAt: number
  readonly count: number
  readonly lines?: string
  readonly block?: number
}

/** Returns the JSON text of one record; null if the shard does not have it. */
export async function findRecord(
  sql: SqlStorage,
  { at, id }: DecisionPosition,
): Promise<string | null> {
  const sources = listSources(sql, at, at + 1, undefined)
  for (const source of sources) {
    for (const line of await readLines(sql, source)) {
      // The parser is slower than a search for the id, which is unique.
      if (line.includes(id) && readRecord(line)?.id === id) return line
    }
  }
  return null
}

/** Returns the matching records after a position, the newest first. */
export async function findPage(
  sql: SqlStorage,
  { filter, before, limit }: PageRequest,
  maxReads: number = DECISION_PAGE_READS,
): Promise<PageAnswer> {
  const to = Math.min(
    filter.to ?? Number.MAX_SAFE_INTEGER,
    (before?.at ?? Number.MAX_SAFE_INTEGER - 1) + 1,
  )
  const sources = listSources(sql, filter.from ?? 0, to, findTerm(filter))
  let found: FoundRecord[] = []
  let reads = 0
  for (const source of sources) {
    const last = found.at(limit - 1)
    // All later sources have only earlier records.
    if (last !== undefined && source.toAt < last.at) break
    if (reads >= maxReads)
      return { records: found.filter(({ at }) => at > source.toAt), searchedTo: source.toAt }
    reads += source.count
    for (const line of await readLines(sql, source)) {
      const record = readRecord(line)
      if (record === undefined || !isWanted(record, filter, before)) continue
      found.push({ at: record.at, id: record.id, line })
    }
    found = found.sort(comparePositions).slice(0, limit)
  }
  return { records: found }
}

function isWanted(
  record: DecisionRecord,
  filter: PageRequest['filter'],
  before: DecisionPosition | undefined,
): boolean {
  return (
    matchesFilter(record, filter) && (before === undefined || comparePositions(before, record) < 0)
  )
}

/** Returns batches and blocks with records in a time, those with the latest records first. */
function listSources(
  sql: SqlStorage,
  from: number,
  to: number,
  term: number | undefined,
): readonly Source[] {
  const batches = sql
    .exec<{ fromAt: number; toAt: number; count: number; lines: string }>(
      `SELECT from_at AS fromAt, to_at AS toAt, count, lines FROM batches
       WHERE to_at >= ? AND from_at < ?`,
      from,
      to,
    )
    .toArray()
  const columns = 'blocks.from_at AS fromAt, blocks.to_at AS toAt, count, number AS block'
  const blocks =
    term === undefined
      ? sql.exec<Source & { block: number }>(
          `SELECT ${columns} FROM blocks WHERE to_at >= ? AND from_at < ?`,
          from,
          to,
        )
      : sql.exec<Source & { block: number }>(
          `SELECT ${columns} FROM terms JOIN blocks ON number = terms.block
           WHERE term = ? AND terms.to_at >= ? AND blocks.from_at < ?`,
          term,
          from,
          to,
        )
  return [...batches, ...blocks.toArray()].sort((left, right) => right.toAt - left.toAt)
}

async function readLines(sql: SqlStorage, { lines, block }: Source): Promise<readonly string[]> {
  if (lines !== undefined) return lines.split('\n')
  const row = sql
    .exec<{ content: ArrayBuffer }>('SELECT content FROM blocks WHERE number = ?', block ?? 0)
    .toArray()[0]
  // The block was purged during the call.
  if (row === undefined) return []
  return unpackBatches(await decompress(row.content)).flatMap((batch) => batch.lines.split('\n'))
}
