/**
 * Which shards of the decision log have records. The first shard keeps their numbers, so that a question
 * asks all of them after `DECISION_SHARDS` was lowered.
 */
import { STORE_TIMEOUT_MILLISECONDS } from '../../core/limits.ts'
import { withDeadline } from '../../web/deadline.ts'
import { readChain } from './decision-log/chain.ts'

/** Keeps the number of a shard, in the first one. */
export function noteShard(sql: SqlStorage, shard: number): void {
  sql.exec('INSERT OR IGNORE INTO known_shards VALUES (?)', shard)
}

/** Returns one more than the highest number that the first shard keeps. */
export function countShards(sql: SqlStorage): number {
  return sql
    .exec<{ count: number }>('SELECT COALESCE(MAX(shard), 0) + 1 AS count FROM known_shards')
    .one().count
}

type FirstShard = { readonly noteShard: (shard: number) => PromiseLike<unknown> }

/** Tells the first shard once that this one has records. If it does not answer, the next call does. */
export async function announceShard(sql: SqlStorage, first: FirstShard | undefined): Promise<void> {
  const { shard = 0, announced } = readChain(sql) ?? {}
  if (first === undefined || shard === 0 || announced === 1) return
  try {
    await withDeadline(STORE_TIMEOUT_MILLISECONDS, (async () => await first.noteShard(shard))())
    sql.exec('UPDATE chain SET announced = 1')
  } catch {
    // The alarm that called this has more to do, and runs again.
  }
}
