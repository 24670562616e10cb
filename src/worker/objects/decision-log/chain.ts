/** Appends batches to the chain of a shard. Each append is one synchronous transaction. */
import {
  describeLink,
  extendChain,
  formatBatchLine,
  startChain,
} from '../../../contract/decisions/chain.ts'
import { readDecisionId } from '../../../contract/decisions/id.ts'
import { readLineId } from '../../../contract/decisions/record.ts'
import { DECISION_BATCH_CHARACTERS } from '../../../core/decisions/limits.ts'
import { toHex } from '../../../web/bytes.ts'
import { DECISION_BLOCK_RECORDS, DECISION_RECENT_MAX_RECORDS } from '../../limits.ts'
import { storeRefused } from './counters/issuer-counts.ts'
import type { AppendRequest, DecisionLogFault } from './messages.ts'

export type ChainRow = {
  readonly shard: number
  readonly issuer: string
  readonly first_sequence: number
  readonly first_previous: string
  readonly sequence: number
  readonly head: string
  readonly exported_sequence: number
  readonly records: number
  /** The records that are not compressed. */
  readonly recent: number
  readonly fault: DecisionLogFault | null
  /** Epoch milliseconds. */
  readonly faulty_since: number | null
  /** The last batch that the counters have. */
  readonly counted_sequence: number
  /** Whether the first shard knows of this one: 0 or 1. */
  readonly announced: number
  /** The latest time of a purged record, in epoch milliseconds. */
  readonly purged_to: number | null
}

/** Returns undefined before the first append. */
export function readChain(sql: SqlStorage): ChainRow | undefined {
  return sql.exec<ChainRow>('SELECT * FROM chain').toArray()[0]
}

/** Whether upkeep should compress batches now, and not wait for its alarm. */
export function isCrowded({ recent, fault }: ChainRow): boolean {
  // Upkeep that failed is tried again at its own time, not with every append.
  return fault !== 'upkeep_failed' && recent > DECISION_RECENT_MAX_RECORDS + DECISION_BLOCK_RECORDS
}

/** What a batch adds to the chain, calculated before its transaction. */
export type PreparedBatch = {
  readonly request: AppendRequest
  readonly text: string
  /** Epoch milliseconds. */
  readonly time: number
  /** The head before the batch, and after it. */
  readonly previous: string
  readonly head: string
}

/**
 * Checks a batch and hashes it with the digest of the platform, which is asynchronous and many times
 * as fast as a synchronous one.
 * @throws Error if the batch is not one of its shard.
 */
export async function prepareBatch(
  sql: SqlStorage,
  request: AppendRequest,
  time: number,
): Promise<PreparedBatch> {
  const { shard, issuer, lines, firstId } = request
  checkLines(lines, shard, firstId)
  const chain = readChain(sql)
  const previous = chain?.head ?? startChain(issuer, shard)
  const sequence = (chain?.sequence ?? 0) + 1
  const text = lines.join('\n')
  const batchLine = formatBatchLine({ sequence, time, count: lines.length })
  const bytes = new TextEncoder().encode(describeLink(previous, batchLine, text))
  const head = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
  return { request, text, time, previous, head }
}

/**
 * Appends a batch and returns its sequence. A batch that was appended before is not appended again.
 * @throws Error if the shard is another one than at the first append.
 */
export function appendBatch(storage: DurableObjectStorage, batch: PreparedBatch): number {
  const { sql } = storage
  const { text, time } = batch
  const { shard, issuer, lines, firstId, fromAt, toAt, refused } = batch.request
  return storage.transactionSync(() => {
    const known = sql
      .exec<{ sequence: number }>('SELECT sequence FROM batches WHERE first_id = ?', firstId)
      .toArray()[0]
    if (known !== undefined) return known.sequence
    const chain = readChain(sql) ?? createChain(sql, issuer, shard)
    if (chain.shard !== shard) throw new Error('this shard of the decision log has another number')
    const sequence = chain.sequence + 1
    const count = lines.length
    // Another batch may have been appended while this one was hashed.
    const head =
      chain.head === batch.previous
        ? batch.head
        : extendChain(chain.head, formatBatchLine({ sequence, time, count }), text)
    sql.exec(
      `INSERT INTO batches (sequence, first_id, time, from_at, to_at, count, head, lines)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      sequence,
      firstId,
      time,
      fromAt,
      toAt,
      count,
      head,
      text,
    )
    sql.exec(
      'UPDATE chain SET sequence = ?1, head = ?2, records = records + ?3, recent = recent + ?3',
      sequence,
      head,
      count,
    )
    if (refused !== undefined) storeRefused(sql, refused, time)
    return sequence
  })
}

/**
 * A line feed in a record would change the number of lines that the chain counts. A record whose id
 * names another shard could not be found.
 */
function checkLines(lines: readonly string[], shard: number, firstId: string): void {
  if (lines.length === 0 || readLineId(lines[0] ?? '') !== firstId) {
    throw new Error('a batch of the decision log must begin with its first record')
  }
  let characters = 0
  for (const line of lines) {
    characters += line.length
    const id = readLineId(line)
    if (id === undefined || line.includes('\n')) throw new Error('a line is no decision record')
    if (readDecisionId(id)?.shard !== shard) throw new Error('a decision is of another shard')
  }
  if (characters > DECISION_BATCH_CHARACTERS) throw new Error('a batch of decisions is too large')
}

function createChain(sql: SqlStorage, issuer: string, shard: number): ChainRow {
  const head = startChain(issuer, shard)
  return sql
    .exec<ChainRow>(
      `INSERT INTO chain (shard, issuer, first_sequence, first_previous, sequence, head)
       VALUES (?, ?, 1, ?, 0, ?) RETURNING *`,
      shard,
      issuer,
      head,
      head,
    )
    .one()
}
