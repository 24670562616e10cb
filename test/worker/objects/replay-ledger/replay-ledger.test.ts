import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createClaimReplay } from '../../../../src/worker/objects/durable-ports.ts'
import type { ReplayLedger } from '../../../../src/worker/objects/replay-ledger/replay-ledger.ts'
import { describeReplay } from '../../../contracts/replay.ts'
import { ownLedger } from '../../support/own-ledger.ts'

const newShard = () => env.REPLAY_LEDGER.getByName(crypto.randomUUID())
const soon = () => Math.floor(Date.now() / 1000) + 600
const KEY = 'a'.repeat(64)

describeReplay('used tokens in the ledger', () => createClaimReplay(ownLedger().bindings))

describe('a shard of the replay ledger', () => {
  const moveTo = (shard: DurableObjectStub<ReplayLedger>, seconds: number) =>
    runInDurableObject(shard, (instance: ReplayLedger) => {
      instance.now = () => seconds
    })

  it('REP-01 keeps a mark through eviction', async () => {
    const shard = newShard()
    expect(await shard.claim(KEY, soon())).toBe(true)
    await evictDurableObject(shard)
    expect(await shard.claim(KEY, soon())).toBe(false)
  })

  it('REP-02 deletes a mark after its end, and not a second before', async () => {
    const shard = newShard()
    const until = soon()
    await shard.claim(KEY, until)
    await moveTo(shard, until - 1)
    await runDurableObjectAlarm(shard)
    expect(await shard.claim(KEY, until)).toBe(false)
    await moveTo(shard, until)
    await runDurableObjectAlarm(shard)
    expect(await shard.claim(KEY, until)).toBe(true)
  })

  it('WRK-10 keeps no row and no alarm after every token has expired', async () => {
    const shard = newShard()
    const until = soon()
    await shard.claim(KEY, until)
    await moveTo(shard, until)
    expect(await runDurableObjectAlarm(shard)).toBe(true)
    const left = await runInDurableObject(shard, async (_, state) => ({
      rows: state.storage.sql.exec('SELECT * FROM marks').toArray().length,
      alarm: await state.storage.getAlarm(),
    }))
    expect(left).toEqual({ rows: 0, alarm: null })
  })

  it('writes one row for a mark', async () => {
    const shard = newShard()
    await shard.claim(KEY, soon())
    const trees = await runInDurableObject(shard, (_, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE tbl_name = 'marks'").toArray(),
    )
    expect(trees).toEqual([{ name: 'marks' }])
  })

  it('purges the marks that follow a purge, and those of an evicted shard', async () => {
    const shard = newShard()
    const until = soon()
    const claims = [
      async () => undefined,
      () => runDurableObjectAlarm(shard),
      () => evictDurableObject(shard),
    ]
    for (const [index, before] of claims.entries()) {
      await before()
      expect(await shard.claim(`${index}`.repeat(64), until + index)).toBe(true)
      const alarm = await runInDurableObject(shard, (_, { storage }) => storage.getAlarm())
      expect(alarm ?? 0).toBeGreaterThan(Date.now())
    }
    await moveTo(shard, until + 1)
    await runDurableObjectAlarm(shard)
    const left = await runInDurableObject(shard, (_, { storage }) =>
      storage.sql.exec<{ key: string }>('SELECT key FROM marks').toArray(),
    )
    expect(left).toEqual([{ key: '2'.repeat(64) }])
    await moveTo(shard, until + 2)
    await runDurableObjectAlarm(shard)
    expect(await shard.claim(KEY, until + 600)).toBe(true)
    const alarm = await runInDurableObject(shard, (_, { storage }) => storage.getAlarm())
    expect(alarm ?? 0).toBeGreaterThan(Date.now())
  })

  it('REP-01 grants nothing if the mark cannot be written', async () => {
    const shard = newShard()
    await runInDurableObject(shard, (_, { storage }) => {
      storage.sql.exec(
        "CREATE TRIGGER full BEFORE INSERT ON marks BEGIN SELECT RAISE(ABORT, 'full'); END",
      )
    })
    const claim = async () => await shard.claim(KEY, soon())
    await expect(claim()).rejects.toThrow(/full/)
    await runInDurableObject(shard, (_, { storage }) => {
      storage.sql.exec('DROP TRIGGER full')
    })
    expect(await shard.claim(KEY, soon())).toBe(true)
  })

  it('spreads keys over at most 64 shards', async () => {
    const { bindings, asked } = ownLedger()
    const claim = createClaimReplay(bindings)
    for (let index = 0; index < 256; index += 1) {
      const start = (index * 16_777_259).toString(16).padStart(8, '0').slice(-8)
      await claim({ key: start.padEnd(64, '0'), until: soon() })
    }
    // The key alone decides, so every isolate asks the same shard.
    const before = asked.size
    await createClaimReplay(bindings)({ key: KEY, until: soon() })
    await createClaimReplay(bindings)({ key: KEY, until: soon() })
    expect(asked.size - before).toBeLessThanOrEqual(1)
    expect(asked.size).toBeGreaterThan(32)
    expect(asked.size).toBeLessThanOrEqual(64)
  })
})
