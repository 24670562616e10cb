/**
 * Exports blocks to a bucket and purges old ones. With a bucket, a block that was not exported is
 * never purged.
 */
import { EXPORT_VERSION, type ExportHeader } from '../../../contract/decisions/export.ts'
import { withDeadline } from '../../../web/deadline.ts'
import { DECISION_EXPORT_TIMEOUT_MILLISECONDS } from '../../limits.ts'
import { compress } from './batches.ts'
import { readChain } from './chain.ts'
import { exportChain } from './export-chain.ts'
import type { ChainPart } from './messages.ts'

/** The part of an R2 bucket that an export needs. */
export type ExportBucket = {
  readonly put: (key: string, value: Uint8Array<ArrayBuffer>) => Promise<unknown>
}

/** Returns the lines of an export file: a header and a part of the chain. */
export function formatExport(issuer: string, shard: number, part: ChainPart): string {
  const header: ExportHeader = {
    type: 'edgemint-decisions',
    v: EXPORT_VERSION,
    iss: issuer,
    shard,
    after: part.after,
    previous: part.previous,
  }
  return `${JSON.stringify(header)}\n${part.text}`
}

/**
 * Writes the next compressed batches to the bucket as one object. Returns whether it wrote one.
 * Throws if the bucket fails. The export then continues at the same batch, so two objects may have the
 * same batches if the bucket stored one and did not answer.
 */
export async function exportNext(sql: SqlStorage, bucket: ExportBucket): Promise<boolean> {
  const chain = readChain(sql)
  if (chain === undefined || lastBlockSequence(sql) <= chain.exported_sequence) return false
  const part = await exportChain(sql, chain.exported_sequence)
  if (part === null || part.lastSequence === part.after) return false
  const { issuer, shard } = chain
  const name = `decisions/${shard}/${pad(part.after + 1)}-${pad(part.lastSequence)}.ndjson.gz`
  const content = await compress(formatExport(issuer, shard, part))
  await withDeadline(DECISION_EXPORT_TIMEOUT_MILLISECONDS, bucket.put(name, content))
  sql.exec('UPDATE chain SET exported_sequence = ?', part.lastSequence)
  return true
}

export type Retention = {
  /** Epoch milliseconds: older records are purged. */
  readonly before: number
  /** The most records of this shard. */
  readonly maxRecords: number
  readonly needsExport: boolean
}

/** Deletes the oldest block if it is too old or the shard has too many records. */
export function purgeOldest(
  storage: DurableObjectStorage,
  { before, maxRecords, needsExport }: Retention,
): boolean {
  const { sql } = storage
  const chain = readChain(sql)
  const block = sql
    .exec<BlockRow>(
      'SELECT number, last_sequence, to_at, count, head FROM blocks ORDER BY number LIMIT 1',
    )
    .toArray()[0]
  if (chain === undefined || block === undefined) return false
  if (block.to_at >= before && chain.records <= maxRecords) return false
  if (needsExport && block.last_sequence > chain.exported_sequence) return false
  storage.transactionSync(() => {
    sql.exec('DELETE FROM block_filters WHERE block = ?', block.number)
    sql.exec('DELETE FROM blocks WHERE number = ?', block.number)
    // The checkpoint of its last batch proves the head with which the chain now begins.
    sql.exec('DELETE FROM checkpoints WHERE sequence < ?', block.last_sequence)
    sql.exec(
      `UPDATE chain SET first_sequence = ?, first_previous = ?, records = records - ?,
         purged_to = MAX(COALESCE(purged_to, 0), ?)`,
      block.last_sequence + 1,
      block.head,
      block.count,
      block.to_at,
    )
  })
  return true
}

type BlockRow = {
  readonly number: number
  readonly last_sequence: number
  readonly to_at: number
  readonly count: number
  readonly head: string
}

function lastBlockSequence(sql: SqlStorage): number {
  return sql
    .exec<{ last: number }>('SELECT COALESCE(MAX(last_sequence), 0) AS last FROM blocks')
    .one().last
}

/** Names of equal length are listed in their order. */
function pad(sequence: number): string {
  return String(sequence).padStart(12, '0')
}
