import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { REPLAY_PURGE_SECONDS } from '../../../../src/core/limits.ts'
import { BUDGET_PURGE_SECONDS } from '../../../../src/worker/limits.ts'
import {
  createClaimReplay,
  createSpendBudget,
} from '../../../../src/worker/objects/durable-ports.ts'
import type { CountRequest } from '../../../../src/worker/objects/replay-ledger/budgets.ts'
import type { ReplayLedger } from '../../../../src/worker/objects/replay-ledger/replay-ledger.ts'
import { nameReplayShard } from '../../../../src/worker/objects/replay-ledger/shards.ts'
import { describeBudget } from '../../../contracts/budget.ts'

const newShard = () => env.REPLAY_LEDGER.getByName(crypto.randomUUID())
const soon = () => Math.floor(Date.now() / 1000) + 600
const KEY = 'a'.repeat(64)
const countOf = (change: Partial<CountRequest> = {}): CountRequest => ({
  key: KEY,
  until: soon(),
  grants: 1,
  onExcess: 'deny',
  ...change,
})

describeBudget('budgets in the ledger', () => ({
  claimReplay: createClaimReplay(env),
  spendBudget: createSpendBudget(env),
}))

type Shard = DurableObjectStub<ReplayLedger>

const moveTo = (shard: Shard, seconds: number) =>
  runInDurableObject(shard, (instance: ReplayLedger) => {
    instance.now = () => seconds
  })
const secondsToAlarm = (shard: Shard) =>
  runInDurableObject(shard, async (_, { storage }) => {
    const alarm = await storage.getAlarm()
    return alarm === null ? undefined : Math.round((alarm - Date.now()) / 1000)
  })
const rowsOf = (shard: Shard) =>
  runInDurableObject(shard, (_, { storage }) =>
    storage.sql.exec<{ until: number }>('SELECT until FROM budgets').toArray(),
  )

describe('the count of a job', () => {
  it('REP-06 is kept through eviction', async () => {
    const shard = newShard()
    expect((await shard.count(countOf())).outcome).toBe('counted')
    await evictDurableObject(shard)
    expect((await shard.count(countOf())).outcome).toBe('exceeded')
  })

  it('REP-06 is kept until its last end, and not a second less', async () => {
    const shard = newShard()
    const until = soon()
    await shard.count(countOf({ grants: 3, until }))
    await shard.count(countOf({ grants: 3, until: until + 100 }))
    await shard.count(countOf({ grants: 3, until: until + 50 }))
    expect(await rowsOf(shard)).toEqual([{ until: until + 100 }])
    await moveTo(shard, until + 99)
    await runDurableObjectAlarm(shard)
    expect((await shard.count(countOf({ grants: 3 }))).outcome).toBe('exceeded')
    await moveTo(shard, until + 100)
    await runDurableObjectAlarm(shard)
    expect(await rowsOf(shard)).toEqual([])
    expect(await secondsToAlarm(shard)).toBeUndefined()
  })

  it('needs an alarm a day, and a mark beside it one in five minutes', async () => {
    const shard = newShard()
    await shard.count(countOf({ until: soon() + 1_000_000 }))
    await runDurableObjectAlarm(shard)
    expect(await secondsToAlarm(shard)).toBe(BUDGET_PURGE_SECONDS)
    await shard.claim('c'.repeat(64), soon())
    expect(await secondsToAlarm(shard)).toBe(REPLAY_PURGE_SECONDS)
    await evictDurableObject(shard)
    await runDurableObjectAlarm(shard)
    expect(await secondsToAlarm(shard)).toBe(REPLAY_PURGE_SECONDS)
  })

  it('is not written by an excess, except that it happened', async () => {
    const shard = newShard()
    const until = soon()
    await shard.count(countOf({ until }))
    await shard.count(countOf({ until: until + 1000 }))
    const rows = await runInDurableObject(shard, (_, { storage }) =>
      storage.sql.exec('SELECT until, used, exceeded FROM budgets').toArray(),
    )
    expect(rows).toEqual([{ until, used: 1, exceeded: 1 }])
  })
})

describe('the mark of a token whose job is in another shard', () => {
  const [mark, job] = ['00000001', '00000002'].map((start) => start.padEnd(64, 'd')) as [
    string,
    string,
  ]
  const shardOf = (key: string) => env.REPLAY_LEDGER.getByName(nameReplayShard(key, {}))

  it('REP-05 REP-06 is taken back if that shard fails', async () => {
    await runInDurableObject(shardOf(job), (_, { storage }) => {
      storage.sql.exec(
        "CREATE TRIGGER full BEFORE INSERT ON budgets BEGIN SELECT RAISE(ABORT, 'full'); END",
      )
    })
    const spend = createSpendBudget(env)
    const request = { ...countOf({ key: job }), mark: { key: mark, until: soon() } }
    await expect(spend(request)).rejects.toMatchObject({ part: 'replay_ledger' })
    await runInDurableObject(shardOf(job), (_, { storage }) => {
      storage.sql.exec('DROP TRIGGER full')
    })
    expect(await spend(request)).toEqual({ outcome: 'counted', used: 1 })
  })
})
