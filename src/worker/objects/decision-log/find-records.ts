/**
 * Finds records in one shard. A call reads the list of its sources at once, so batches that are
 * compressed meanwhile are neither missed nor found twice.
 */
import { readDecisionId } from '../../../contract/decisions/id.ts'
import { type DecisionPosition, MAX_PAGE_RECORDS } from '../../../contract/decisions/query.ts'
import { type DecisionRecord, readLineId, readRecord } from '../../../contract/decisions/record.ts'
import { comparePositions, listTexts, matchesFilter } from '../../../core/decisions/match.ts'
import { DECISION_PAGE_READS } from '../../limits.ts'
import { decompress, type StoredBatch, unpackBatches, unpackLines } from './batches.ts'
import type { FoundRecord, PageAnswer, PageRequest } from './messages.ts'
import { findTerm, mayHave } from './terms.ts'

/** A batch or a block, by its own number. The lines are read when it is its turn. */
type Source = {
  readonly toAt: number
  readonly fromAt: number
  readonly count: number
  readonly batch: number | null
  readonly block: number | null
}

/**
 * Returns the JSON text of one record; null if the shard does not have it.
 * @throws Error if it may be in a damaged row.
 */
export async function findRecord(
  sql: SqlStorage,
  { at, id }: DecisionPosition,
): Promise<string | null> {
  let damaged = 0
  for (const source of listSources(sql, at, at + 1, undefined)) {
    const lines = await readLines(sql, source)
    if (lines === undefined) continue
    const whole = lines.filter(isWhole)
    const found = whole.find((line) => readLineId(line) === id)
    if (found !== undefined && readRecord(found)) return found
    damaged += found === undefined ? source.count - whole.length : 1
  }
  if (damaged > 0) throw new Error('damaged row')
  return null
}

/** Returns the sequence of a compressed batch; undefined if no block has it. */
export async function findCompressed(
  sql: SqlStorage,
  firstId: string,
): Promise<number | undefined> {
  const at = readDecisionId(firstId)?.at ?? 0
  const blocks = sql
    .exec<{ number: number }>('SELECT number FROM blocks WHERE to_at >= ? AND from_at <= ?', at, at)
    .toArray()
  for (const { number } of blocks) {
    const batches = await readBlock(sql, 'number = ?', number)
    const found = batches.find(({ lines }) => readLineId(lines) === firstId)
    if (found !== undefined) return found.sequence
  }
  return undefined
}

/** Returns the matching records after a position, the newest first, at most one page. */
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
  const most = Math.min(limit, MAX_PAGE_RECORDS)
  const isPlaced = isOfTimeAlone(filter)
  const find = isPlaced ? findPlace : readRecord
  const texts = listTexts(filter)
  let found: FoundRecord[] = []
  let damagedTo: number | undefined
  let reads = 0
  for (const source of sources) {
    const last = found.at(most - 1)
    // All later sources have only earlier records.
    if (last !== undefined && source.toAt < last.at) break
    // A page that begins where the last one stopped must get further. Otherwise a client would ask for
    // ever where more records overlap in time than one call may read.
    const isFurther = before === undefined || source.toAt < before.at
    if (reads >= maxReads && isFurther) {
      const records = found.filter(({ at }) => at > source.toAt)
      return { records, searchedTo: source.toAt, damagedTo }
    }
    reads += source.count
    const lines = await readLines(sql, source)
    if (lines === undefined) continue
    const records = lines.filter(isWhole)
    let whole = records.length
    for (const line of records) {
      if (!texts.every((text) => line.includes(text))) continue
      const record = find(line)
      if (record && !isWanted(record, filter, before)) continue
      if (!record || (isPlaced && !readRecord(line))) whole -= 1
      else found.push({ at: record.at, id: record.id, line })
    }
    // The sources are in the order of their times.
    if (whole < source.count) damagedTo ??= source.toAt
    found = found.sort(comparePositions).slice(0, most)
  }
  return { records: found, damagedTo }
}

/** Whether a line begins and ends as a record. Not every line is parsed, because there are many. */
function isWhole(line: string): boolean {
  return readLineId(line) !== undefined && line.endsWith('}')
}

/** Whether the id of a record, which has its time, answers the question. */
function isOfTimeAlone({ from: _, to: __, ...rest }: PageRequest['filter']): boolean {
  return Object.values(rest).every((value) => value === undefined)
}

/** Reads the id and the time without parsing: most records of a block are of another page. */
function findPlace(line: string): DecisionPosition | undefined {
  const id = readLineId(line)
  const at = id === undefined ? undefined : readDecisionId(id)?.at
  return id === undefined || at === undefined ? readRecord(line) : { id, at }
}

function isWanted(
  record: DecisionPosition & Partial<DecisionRecord>,
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
    .exec<Source>(
      `SELECT from_at AS fromAt, to_at AS toAt, count, sequence AS batch, NULL AS block
       FROM batches WHERE to_at >= ? AND from_at < ?`,
      from,
      to,
    )
    .toArray()
  const blocks = listBlocks(sql, from, to, term)
  return [...batches, ...blocks].sort((left, right) => right.toAt - left.toAt)
}

function listBlocks(
  sql: SqlStorage,
  from: number,
  to: number,
  term: number | undefined,
): readonly Source[] {
  const columns = 'from_at AS fromAt, to_at AS toAt, count, NULL AS batch, number AS block'
  const within = 'to_at >= ? AND from_at < ?'
  if (term === undefined) {
    return sql.exec<Source>(`SELECT ${columns} FROM blocks WHERE ${within}`, from, to).toArray()
  }
  const rows = sql.exec<Source & { readonly filter: ArrayBuffer | null }>(
    `SELECT ${columns}, filter FROM blocks LEFT JOIN block_filters ON block_filters.block = number
     WHERE ${within}`,
    from,
    to,
  )
  const found: Source[] = []
  // One row at a time, to the end: the filters of all blocks need not fit into memory.
  for (const { filter, ...source } of rows) {
    if (filter === null || mayHave(filter, term)) found.push(source)
  }
  return found
}

/** Returns undefined if the source was purged during the call. Lines of a damaged one are missing. */
async function readLines(
  sql: SqlStorage,
  { batch, block }: Source,
): Promise<readonly string[] | undefined> {
  if (block !== null) {
    const content = await readContent(sql, 'number = ?', block)
    return content === undefined ? undefined : unpackLines(content)
  }
  const sequence = batch ?? 0
  const row = sql
    .exec<{ lines: string }>('SELECT lines FROM batches WHERE sequence = ?', sequence)
    .toArray()[0]
  if (row !== undefined) return row.lines.split('\n')
  // The batch was compressed during the call.
  const batches = await readBlock(
    sql,
    'last_sequence >= ? ORDER BY last_sequence LIMIT 1',
    sequence,
  )
  return batches.find((stored) => stored.sequence === sequence)?.lines.split('\n')
}

async function readBlock(
  sql: SqlStorage,
  where: string,
  value: number,
): Promise<readonly StoredBatch[]> {
  const content = await readContent(sql, where, value)
  return content === undefined ? [] : unpackBatches(content)
}

/** Returns the content of one block as text. It is empty if the block does not decompress. */
async function readContent(
  sql: SqlStorage,
  where: string,
  value: number,
): Promise<string | undefined> {
  const row = sql
    .exec<{ content: ArrayBuffer }>(`SELECT content FROM blocks WHERE ${where}`, value)
    .toArray()[0]
  return row && decompress(row.content).catch(() => '')
}
