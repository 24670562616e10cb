/** What a shard reports about its chain. */
import { log } from '../../../log.ts'
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

/** Stores a fault with the time of its first occurrence, and logs every occurrence. */
export function noteFault(sql: SqlStorage, fault: DecisionLogFault | null, now: number): void {
  sql.exec(
    `UPDATE chain SET fault = ?1,
       faulty_since = CASE WHEN ?1 IS NULL THEN NULL ELSE COALESCE(faulty_since, ?2) END`,
    fault,
    now,
  )
  // Before the first append, a shard has no number.
  const shard = readChain(sql)?.shard
  if (fault !== null && shard !== undefined) {
    log({ event: 'decision_log_failed', at: Math.floor(now / 1000), shard, fault })
  }
}
