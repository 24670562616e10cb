/**
 * Gives the rest of the Worker plain functions for the shards of the decision log. They throw
 * `Unavailable` if a shard fails or does not answer in time.
 */
import type { DecisionPosition } from '../../../contract/decisions/query.ts'
import { STORE_TIMEOUT_MILLISECONDS } from '../../../core/limits.ts'
import type { ShardCounters } from '../../../core/metrics/facts.ts'
import { DECISION_LOG, Unavailable } from '../../../core/ports.ts'
import { withDeadline } from '../../../web/deadline.ts'
import { decisionShardOf, locationOf } from '../decision-shard.ts'
import type { ActivityCount } from './counters/activity.ts'
import type { ActivityQuestion } from './counters/counters.ts'
import type { IssuerCounts } from './counters/issuer-counts.ts'
import type { DecisionLog } from './decision-log.ts'
import type {
  AppendRequest,
  ChainPart,
  PageAnswer,
  PageRequest,
  ShardStatus,
  ShardUsage,
} from './messages.ts'

export type DecisionShards = {
  /** `DECISION_SHARDS`: how many shards get new decisions. */
  readonly count: number
  /** The numbers of all shards that may have decisions: also of those beyond `DECISION_SHARDS`. */
  readonly list: () => Promise<readonly number[]>
  readonly append: (request: AppendRequest) => Promise<void>
  readonly find: (shard: number, position: DecisionPosition) => Promise<string | null>
  readonly page: (shard: number, request: PageRequest) => Promise<PageAnswer>
  readonly usage: (shard: number, sinceDay: number) => Promise<ShardUsage>
  readonly counters: (shard: number) => Promise<ShardCounters | null>
  readonly issuerCounts: (shard: number) => Promise<IssuerCounts>
  readonly activity: (
    shard: number,
    question: ActivityQuestion,
  ) => Promise<readonly ActivityCount[]>
  readonly exportAfter: (shard: number, sequence: number) => Promise<ChainPart | null>
  readonly checkpoint: (shard: number) => Promise<boolean>
  readonly status: (shard: number) => Promise<ShardStatus | null>
  /** Throws if the shard cannot write. */
  readonly probe: (shard: number) => Promise<void>
}

/** Returns undefined if the deployment has no binding `DECISION_LOG`. */
export function createDecisionShards(
  namespace: DurableObjectNamespace<DecisionLog> | undefined,
  count: number,
): DecisionShards | undefined {
  if (namespace === undefined) return undefined
  const shardOf = (shard: number) => decisionShardOf(namespace, shard)
  return {
    count,
    list: async () => {
      const known = await ask(async () => await shardOf(0).countShards())
      return Array.from({ length: Math.max(count, known) }, (_, shard) => shard)
    },
    append: (request) =>
      ask(async () => {
        await shardOf(request.shard).append(request)
      }),
    find: (shard, position) => ask(async () => await shardOf(shard).find(position)),
    page: (shard, request) => ask(async () => await shardOf(shard).page(request)),
    usage: (shard, sinceDay) => ask(async () => await shardOf(shard).usage(sinceDay)),
    counters: (shard) => ask(async () => await shardOf(shard).counters()),
    issuerCounts: (shard) => ask(async () => await shardOf(shard).issuerCounts()),
    activity: (shard, question) => ask(async () => await shardOf(shard).activity(question)),
    exportAfter: (shard, sequence) => ask(async () => await shardOf(shard).exportAfter(sequence)),
    checkpoint: (shard) => ask(async () => await shardOf(shard).checkpoint()),
    status: (shard) => ask(async () => await shardOf(shard).status()),
    probe: (shard) => ask(async () => await shardOf(shard).probe()),
  }
}

/**
 * Returns the shards for a reader that reports what is missing. If the first shard does not answer, they
 * are those of `DECISION_SHARDS`, and `isComplete` is false: there may be more.
 */
export async function listReachable(
  shards: DecisionShards,
): Promise<{ readonly shards: readonly number[]; readonly isComplete: boolean }> {
  try {
    return { shards: await shards.list(), isComplete: true }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    const configured = Array.from({ length: shards.count }, (_, shard) => shard)
    return { shards: configured, isComplete: false }
  }
}

/** Returns the shard of an isolate: one of its region, or any if none is there. */
export function chooseShard(
  count: number,
  region: DurableObjectLocationHint | undefined,
  random: number,
): number {
  const all = Array.from({ length: count }, (_, shard) => shard)
  const near = all.filter((shard) => locationOf(shard) === region)
  const choices = near.length > 0 ? near : all
  return choices[random % choices.length] ?? 0
}

async function ask<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await withDeadline(STORE_TIMEOUT_MILLISECONDS, call())
  } catch (cause) {
    throw new Unavailable(DECISION_LOG, { cause })
  }
}
