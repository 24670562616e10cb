/**
 * Reports the uses that a shard of the decision log is told to the shards that note them. A use is
 * reported once a day, so that a busy rule costs a few calls.
 */
import { sha256Words } from '../../../web/sha256.ts'
import { MAX_REPORTED_USES } from '../../limits.ts'
import { keyOfUse, type RuleUse } from './rule-use.ts'

const DAY_MILLISECONDS = 86_400_000

export type ReportUses = (
  uses: readonly RuleUse[],
  shards: number,
  note: (shard: number, uses: readonly RuleUse[]) => Promise<void>,
) => Promise<void>

/** Creates the memory of one shard. A use whose report fails is reported with the next batch. */
export function createUseReports(): ReportUses {
  const reported = new Map<string, number>()
  return async function reportUses(uses, shards, note) {
    const fresh = new Map<string, RuleUse>()
    for (const use of uses) {
      const key = keyOfUse(use)
      if (reported.get(key) !== dayOf(use)) fresh.set(key, fresh.get(key) ?? use)
    }
    const byShard = new Map<number, RuleUse[]>()
    for (const use of fresh.values()) {
      const home = homeOf(use, shards)
      byShard.set(home, [...(byShard.get(home) ?? []), use])
    }
    for (const [shard, part] of byShard) {
      try {
        await note(shard, part)
      } catch {
        continue
      }
      if (reported.size > MAX_REPORTED_USES) reported.clear()
      for (const use of part) reported.set(keyOfUse(use), dayOf(use))
    }
  }
}

/** All uses of a rule have one shard, so that it alone decides what is new. */
export function homeOf({ rule, resource }: RuleUse, shards: number): number {
  const [word = 0] = sha256Words(JSON.stringify([rule, resource]))
  return (word >>> 0) % shards
}

function dayOf({ at }: RuleUse): number {
  return Math.floor(at / DAY_MILLISECONDS)
}
