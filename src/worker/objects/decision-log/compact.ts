/**
 * Compresses old batches into blocks, and adds their records to the daily use. The new block and the
 * deletion of its batches are one transaction, so an interruption loses and doubles nothing.
 */
import { type DecisionRecord, readRecord } from '../../../contract/decisions/record.ts'
import {
  DECISION_BLOCK_AGE_MILLISECONDS,
  DECISION_BLOCK_BYTES,
  DECISION_BLOCK_RECORDS,
  DECISION_RECENT_MAX_RECORDS,
} from '../../limits.ts'
import { compress, packBatches, type StoredBatch } from './batches.ts'
import { readChain } from './chain.ts'
import { countOldest } from './counters/counters.ts'
import { buildFilter, collectTerms } from './terms.ts'
import { addUsage } from './usage.ts'

type BatchSize = Pick<StoredBatch, 'sequence' | 'time' | 'count'> & { readonly bytes: number }
type BatchRow = StoredBatch & { readonly from_at: number; readonly to_at: number }

/** Writes one block. Returns false if no batch is old enough. */
export async function compactOldest(storage: DurableObjectStorage, now: number): Promise<boolean> {
  const rows = chooseBatches(storage.sql, now)
  const first = rows[0]
  const last = rows.at(-1)
  if (first === undefined || last === undefined) return false
  const text = packBatches(rows)
  const content = await compress(text)
  const batches = rows.map(({ sequence, lines }) => ({
    sequence,
    records: lines.split('\n').flatMap(readLine),
  }))
  const records = batches.flatMap((batch) => batch.records)
  const toAt = Math.max(...rows.map((row) => row.to_at))
  const count = rows.reduce((sum, row) => sum + row.count, 0)
  storage.transactionSync(() => {
    const { sql } = storage
    // Another call may have compressed them during the compression of this one.
    if (!isFirstBatch(sql, first.sequence)) return
    const { number } = sql
      .exec<{ number: number }>(
        `INSERT INTO blocks (first_sequence, last_sequence, from_at, to_at, count, bytes, head, content)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING number`,
        first.sequence,
        last.sequence,
        Math.min(...rows.map((row) => row.from_at)),
        toAt,
        count,
        content.byteLength,
        last.head,
        content,
      )
      .one()
    // The terms of a damaged record are unknown, so every question must read its block.
    if (records.length === count) {
      const filter = buildFilter(collectTerms(records))
      sql.exec('INSERT INTO block_filters (block, filter) VALUES (?, ?)', number, filter)
    }
    addUsage(sql, records)
    countOldest(sql, batches, now)
    sql.exec('DELETE FROM batches WHERE sequence <= ?', last.sequence)
    sql.exec('UPDATE chain SET recent = recent - ?', count)
  })
  return true
}

function isFirstBatch(sql: SqlStorage, sequence: number): boolean {
  const { first } = sql
    .exec<{ first: number | null }>('SELECT MIN(sequence) AS first FROM batches')
    .one()
  return first === sequence
}

function readLine(line: string): readonly DecisionRecord[] {
  const record = readRecord(line)
  return record === undefined ? [] : [record]
}

/** Returns the oldest batches that make one block, if they are old enough or too many. */
function chooseBatches(sql: SqlStorage, now: number): readonly BatchRow[] {
  const recent = readChain(sql)?.recent ?? 0
  let last = 0
  let count = 0
  let bytes = 0
  const rows = sql
    .exec<BatchSize>(
      `SELECT sequence, time, count, octet_length(lines) AS bytes
       FROM batches ORDER BY sequence LIMIT ?`,
      DECISION_BLOCK_RECORDS,
    )
    // A row that is not read would keep the database from reusing its write-ahead log.
    .toArray()
  for (const row of rows) {
    // A time in the future has unknown age, and would keep later batches from being compressed.
    const isOld = Math.abs(now - row.time) >= DECISION_BLOCK_AGE_MILLISECONDS
    if (!isOld && recent - count <= DECISION_RECENT_MAX_RECORDS) break
    if (count > 0 && count + row.count > DECISION_BLOCK_RECORDS) break
    if (count > 0 && bytes + row.bytes > DECISION_BLOCK_BYTES) break
    last = row.sequence
    count += row.count
    bytes += row.bytes
  }
  return sql
    .exec<BatchRow>(
      `SELECT sequence, time, count, head, lines, from_at, to_at
       FROM batches WHERE sequence <= ? ORDER BY sequence`,
      last,
    )
    .toArray()
}
