/** A new shard of the decision log, with a clock of its own and short records. */
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { formatDecisionId } from '../../../../src/contract/decisions/id.ts'
import type { DecisionRecord } from '../../../../src/contract/decisions/record.ts'
import type { DecisionLog } from '../../../../src/worker/objects/decision-log/decision-log.ts'
import type { AppendRequest } from '../../../../src/worker/objects/decision-log/messages.ts'

export const NOON = Date.parse('2027-03-01T12:00:00Z')
export const ISSUER = 'https://sts.test'
export const SHARD = 3

export type Shard = DurableObjectStub<DecisionLog>

export function newShard(): Shard {
  if (env.DECISION_LOG === undefined) throw new Error('no binding')
  return env.DECISION_LOG.getByName(crypto.randomUUID())
}

export function record(at: number, change: Partial<DecisionRecord> = {}): DecisionRecord {
  const random = crypto.getRandomValues(new Uint8Array(9))
  const id = formatDecisionId({ shard: SHARD, at }, random)
  return { v: 1, id, at, outcome: 'granted', rule: 'deploy', issuer: 'ci', ...change }
}

export function batch(records: readonly DecisionRecord[]): AppendRequest {
  const times = records.map(({ at }) => at)
  return {
    shard: SHARD,
    issuer: ISSUER,
    lines: records.map((entry) => JSON.stringify(entry)),
    firstId: records[0]?.id ?? '',
    fromAt: Math.min(...times),
    toAt: Math.max(...times),
  }
}

/** Runs a function inside the object, at a moment in epoch milliseconds. */
export function inside<T>(
  shard: Shard,
  at: number,
  run: (log: DecisionLog, state: DurableObjectState) => T | Promise<T>,
): Promise<T> {
  return runInDurableObject(shard, async (instance: DecisionLog, state) => {
    instance.now = () => at
    return run(instance, state)
  })
}

export function append(shard: Shard, records: readonly DecisionRecord[], at = NOON) {
  return inside(shard, at, (log) => log.append(batch(records)))
}

/** Deletes the alarm, so that a test leaves no work behind. */
export function endAlarm(shard: Shard): Promise<void> {
  return inside(shard, NOON, (_, state) => state.storage.deleteAlarm())
}
