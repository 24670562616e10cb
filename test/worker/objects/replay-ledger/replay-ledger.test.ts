import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createClaimReplay } from '../../../../src/worker/objects/durable-ports.ts'
import type { ReplayLedger } from '../../../../src/worker/objects/replay-ledger/replay-ledger.ts'
import { describeReplay } from '../../../contracts/replay.ts'

const newShard = () => env.REPLAY_LEDGER.getByName(crypto.randomUUID())
const soon = () => Math.floor(Date.now() / 1000) + 600
const KEY = 'a'.repeat(64)

describeReplay('used tokens in the ledger', () => {
  const prefix = crypto.randomUUID()
  const namespace = new Proxy(env.REPLAY_LEDGER, {
    get: (target, member) =>
      member === 'getByName' ? (name: string) => target.getByName(`${prefix}-${name}`) : undefined,
  })
  return createClaimReplay({ ...env, REPLAY_LEDGER: namespace })
})

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

  it('spreads keys over at most 64 shards', async () => {
    const names = new Set<string>()
    const namespace = new Proxy(env.REPLAY_LEDGER, {
      get: (target, member) =>
        member === 'getByName'
          ? (name: string) => {
              names.add(name)
              return target.getByName(`spread-${name}`)
            }
          : undefined,
    })
    const claim = createClaimReplay({ ...env, REPLAY_LEDGER: namespace })
    for (let index = 0; index < 256; index += 1) {
      const start = (index * 16_777_259).toString(16).padStart(8, '0').slice(-8)
      await claim({ key: start.padEnd(64, '0'), until: soon() })
    }
    expect(names.size).toBeGreaterThan(32)
    expect(names.size).toBeLessThanOrEqual(64)
  })
})
