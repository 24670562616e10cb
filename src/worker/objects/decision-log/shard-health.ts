/**
 * What `/health` tells about the decision log: whether it can be written, and which shards have a
 * fault.
 */
import { Unavailable } from '../../../core/ports.ts'
import type { DecisionLogFault } from './messages.ts'
import { type DecisionShards, listReachable } from './shards.ts'

type ShardFault = {
  readonly shard: number
  readonly fault: DecisionLogFault | 'unreachable' | 'checkpoint_missing'
}

export type DecisionLogHealth = {
  /** Whether the shard of this isolate can write. */
  readonly isWritable: boolean
  readonly faults: readonly ShardFault[]
}

const UNREACHABLE_FIRST: readonly ShardFault[] = [{ shard: 0, fault: 'unreachable' }]

/** Writes to the shard of this isolate and asks every shard for its fault. */
export async function checkShards(log: DecisionShards, own: number): Promise<DecisionLogHealth> {
  const findFaults = async () => {
    const { shards, isComplete } = await listReachable(log)
    return Promise.all(
      shards.map((shard) =>
        shard === 0 && !isComplete ? UNREACHABLE_FIRST : findFault(shard, log.status),
      ),
    )
  }
  const [isWritable, faults] = await Promise.all([
    log.probe(own).then(() => true, toFalse),
    findFaults(),
  ])
  return { isWritable, faults: faults.flat() }
}

async function findFault(
  shard: number,
  status: DecisionShards['status'],
): Promise<readonly ShardFault[]> {
  try {
    const known = await status(shard)
    if (known === null) return []
    if (known.fault !== null) return [{ shard, fault: known.fault }]
    return known.isUnsigned ? [{ shard, fault: 'checkpoint_missing' }] : []
  } catch (error) {
    if (error instanceof Unavailable) return [{ shard, fault: 'unreachable' }]
    throw error
  }
}

function toFalse(error: unknown): boolean {
  if (error instanceof Unavailable) return false
  throw error
}
