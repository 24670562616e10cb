/** What a shard reports about its chain. */
import { readChain } from '../chain.ts'
import { isUnsigned, readLatest } from '../checkpoints.ts'
import type { DecisionLogFault, ShardStatus } from '../messages.ts'

/** Returns null before the first append. */
export function readStatus(sql: SqlStorage, now: number): ShardStatus | null {
  const chain = readChain(sql)
  if (chain === undefined) return null
  return {
    shard: chain.shard,
    sequence: chain.sequence,
    head: chain.head,
    firstSequence: chain.first_sequence,
    records: chain.records,
    exportedSequence: chain.exported_sequence,
    checkpointSequence: readLatest(sql)?.sequence ?? 0,
    isUnsigned: isUnsigned(sql, now),
    fault: chain.fault,
  }
}

/** Stores a fault with the time of its first occurrence. Returns the shard after its first append. */
export function storeFault(
  sql: SqlStorage,
  fault: DecisionLogFault | null,
  now: number,
): number | undefined {
  sql.exec(
    `UPDATE chain SET fault = ?1,
       faulty_since = CASE WHEN ?1 IS NULL THEN NULL ELSE COALESCE(faulty_since, ?2) END`,
    fault,
    now,
  )
  return readChain(sql)?.shard
}
