/** Appends batches to the chain of a shard. Each append is one synchronous transaction. */
import { extendChain, formatBatchLine, startChain } from '../../../contract/decisions/chain.ts'
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
  readonly fault: DecisionLogFault | null
  /** Epoch milliseconds. */
  readonly faulty_since: number | null
}

/** Returns undefined before the first append. */
export function readChain(sql: SqlStorage): ChainRow | undefined {
  return sql.exec<ChainRow>('SELECT * FROM chain').toArray()[0]
}

/**
 * Appends a batch and returns its sequence. A batch that was appended before is not appended again.
 * @throws Error if the shard is another one than at the first append.
 */
export function appendBatch(
  storage: DurableObjectStorage,
  { shard, issuer, lines, firstId, fromAt, toAt }: AppendRequest,
  time: number,
): number {
  const { sql } = storage
  return storage.transactionSync(() => {
    const known = sql
      .exec<{ sequence: number }>('SELECT sequence FROM batches WHERE first_id = ?', firstId)
      .toArray()[0]
    if (known !== undefined) return known.sequence
    const chain = readChain(sql) ?? createChain(sql, issuer, shard)
    if (chain.shard !== shard) throw new Error('this shard of the decision log has another number')
    const sequence = chain.sequence + 1
    const text = lines.join('\n')
    const head = extendChain(
      chain.head,
      formatBatchLine({ sequence, time, count: lines.length }),
      text,
    )
    sql.exec(
      `INSERT INTO batches (sequence, first_id, time, from_at, to_at, count, head, lines)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      sequence,
      firstId,
      time,
      fromAt,
      toAt,
      lines.length,
      head,
      text,
    )
    sql.exec(
      'UPDATE chain SET sequence = ?, head = ?, records = records + ?',
      sequence,
      head,
      lines.length,
    )
    return sequence
  })
}

function createChain(sql: SqlStorage, issuer: string, shard: number): ChainRow {
  const head = startChain(issuer, shard)
  sql.exec(
    `INSERT INTO chain (shard, issuer, first_sequence, first_previous, sequence, head)
     VALUES (?, ?, 1, ?, 0, ?)`,
    shard,
    issuer,
    head,
    head,
  )
  return {
    shard,
    issuer,
    first_sequence: 1,
    first_previous: head,
    sequence: 0,
    head,
    exported_sequence: 0,
    records: 0,
    fault: null,
    faulty_since: null,
  }
}
