/** What a purge of a shard leaves: blocks at the bound, checkpoints, and how far it went. */
import { afterEach, describe, expect, it } from 'vitest'
import { compactOldest } from '../../../../src/worker/objects/decision-log/compact.ts'
import { purgeOldest } from '../../../../src/worker/objects/decision-log/retention.ts'
import { append, endAlarm, inside, NOON, newShard, record, type Shard } from './shard.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

let shard: Shard = newShard()
afterEach(async () => {
  await endAlarm(shard)
  shard = newShard()
})

/** Makes one block of one decision. */
async function fillBlock(at: number): Promise<void> {
  await append(shard, [record(at, {})], at)
  await compact(at + 2 * HOUR)
}

const compact = (at: number) =>
  inside(shard, at, async (_, { storage }) => {
    while (await compactOldest(storage, at)) {}
  })

const purge = (before: number) =>
  inside(shard, NOON, async (_, { storage }) => {
    const retention = { before, maxRecords: 1_000_000, needsExport: false }
    let blocks = 0
    while (purgeOldest(storage, retention)) blocks += 1
    return blocks
  })

describe('a purge', () => {
  it('keeps a block until its last record is older than the retention', async () => {
    await fillBlock(NOON)
    expect(await purge(NOON)).toBe(0)
    expect(await purge(NOON + 1)).toBe(1)
  })

  it('keeps the checkpoint of the head with which the chain now begins, and no earlier one', async () => {
    for (const at of [NOON, NOON + 1]) {
      await append(shard, [record(at, {})], at)
      await inside(shard, at, (log) => log.checkpoint())
    }
    await compact(NOON + 2 * HOUR)
    await fillBlock(NOON + DAY)
    expect(await purge(NOON + DAY)).toBe(1)
    const kept = await inside(shard, NOON, (_, { storage }) => [
      ...storage.sql.exec('SELECT sequence FROM checkpoints'),
    ])
    expect(kept).toEqual([{ sequence: 2 }])
    expect(await shard.status()).toMatchObject({ firstSequence: 3 })
  })

  it('tells the newest time that it reached, also if a later block is of an earlier time', async () => {
    await fillBlock(NOON)
    await fillBlock(NOON - DAY)
    expect(await purge(NOON + 1)).toBe(2)
    expect((await shard.page({ filter: {}, limit: 1 })).purgedTo).toBe(NOON)
  })
})
