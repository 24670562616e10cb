import { afterEach, describe, expect, it, vi } from 'vitest'
import type { DecisionRecord } from '../../../../src/contract/decisions/record.ts'
import { DECISION_UNSIGNED_MILLISECONDS } from '../../../../src/worker/limits.ts'
import { compactOldest } from '../../../../src/worker/objects/decision-log/compact.ts'
import {
  type ExportBucket,
  exportNext,
  purgeOldest,
} from '../../../../src/worker/objects/decision-log/retention.ts'
import { MIGRATIONS } from '../../../../src/worker/objects/decision-log/tables.ts'
import { readUsage } from '../../../../src/worker/objects/decision-log/usage.ts'
import { migrate } from '../../../../src/worker/objects/migrations.ts'
import { append, endAlarm, inside, NOON, newShard, record, type Shard } from './shard.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const LATER = NOON + 2 * HOUR

let shard: Shard = newShard()
afterEach(async () => {
  vi.restoreAllMocks()
  await endAlarm(shard)
  shard = newShard()
})

const granted = (at: number, scopes: string[], rule = 'deploy'): DecisionRecord =>
  record(at, { rule, scopes, resource: 'https://api.test' })

const compact = (at: number) =>
  inside(shard, at, async (_, state) => {
    while (await compactOldest(state.storage, at)) {}
  })

const purge = (before: number, maxRecords: number, needsExport = false) =>
  inside(shard, LATER, async (_, state) => {
    let blocks = 0
    while (purgeOldest(state.storage, { before, maxRecords, needsExport })) blocks += 1
    return blocks
  })

const rowsOf = (table: string) =>
  inside(shard, LATER, (_, state) => {
    return state.storage.sql.exec<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`).one().n
  })

/** Two blocks of one day each. */
async function fillTwoBlocks(): Promise<void> {
  await append(shard, [granted(NOON - DAY, ['read']), granted(NOON - DAY, ['write'])], NOON - DAY)
  await compact(NOON - DAY + 2 * HOUR)
  await append(shard, [granted(NOON, ['read'])], NOON)
  await compact(LATER)
}

function bucket(): ExportBucket & { readonly names: string[] } {
  const names: string[] = []
  return {
    names,
    put: async (name) => {
      names.push(name)
    },
  }
}

describe('the upkeep of a shard', () => {
  it('compresses only what is an hour old, and loses nothing on the way', async () => {
    await append(shard, [granted(NOON, ['read'])], NOON)
    await compact(NOON + HOUR - 1)
    expect([await rowsOf('batches'), await rowsOf('blocks')]).toEqual([1, 0])
    await compact(NOON + HOUR)
    expect([await rowsOf('batches'), await rowsOf('blocks')]).toEqual([0, 1])
    expect((await shard.status())?.records).toBe(1)
  })

  it('leaves everything as it was if it fails in the middle', async () => {
    await append(shard, [granted(NOON, ['read'])], NOON)
    const before = await shard.exportAfter(0)
    await inside(shard, LATER, async (_, state) => {
      // The last statement of the transaction fails.
      state.storage.sql.exec(
        `CREATE TRIGGER broken BEFORE DELETE ON batches BEGIN SELECT RAISE(ABORT, 'broken'); END`,
      )
      await expect(compactOldest(state.storage, LATER)).rejects.toThrow('broken')
      state.storage.sql.exec('DROP TRIGGER broken')
    })
    expect([await rowsOf('batches'), await rowsOf('blocks'), await rowsOf('usage')]).toEqual([
      1, 0, 0,
    ])
    expect(await shard.exportAfter(0)).toEqual(before)
  })

  it('counts the use of each scope, before and after compression', async () => {
    const lives = { expires_at: 1900, subject_token_expires_at: 1000 }
    await append(
      shard,
      [
        { ...granted(NOON, ['read', 'write']), ...lives },
        granted(NOON + 5, ['read']),
        granted(NOON + 6, []),
        record(NOON, { outcome: 'denied', resource: 'https://api.test', reason: 'rule_denied' }),
      ],
      NOON,
    )
    const day = Math.floor(NOON / DAY)
    const row = { rule: 'deploy', resource: 'https://api.test' }
    const rows = [
      { ...row, scope: '', granted: 1, lastAt: NOON + 6, outlivedSeconds: null },
      { ...row, scope: 'read', granted: 2, lastAt: NOON + 5, outlivedSeconds: 900 },
      { ...row, scope: 'write', granted: 1, lastAt: NOON, outlivedSeconds: 900 },
    ]
    expect(await shard.usage(day)).toEqual({ rows, isPartial: false, since: NOON })
    await compact(LATER)
    expect(await shard.usage(day)).toEqual({ rows, isPartial: false, since: NOON })
    expect(await shard.usage(day + 1)).toMatchObject({ rows: [], since: (day + 1) * DAY })
  })

  it('knows of a day whose records were deleted only the day', async () => {
    await fillTwoBlocks()
    const day = Math.floor(NOON / DAY)
    expect(await shard.usage(0)).toMatchObject({ since: NOON - DAY })
    await purge(NOON - 1, Number.POSITIVE_INFINITY)
    expect(await shard.usage(0)).toMatchObject({ since: (day - 1) * DAY })
    await purge(NOON + 1, Number.POSITIVE_INFINITY)
    expect(await shard.usage(0)).toMatchObject({ since: (day - 1) * DAY })
  })

  it('says that it has more rights than one answer may have, and leaves out the oldest', async () => {
    await fillTwoBlocks()
    const partial = await inside(shard, LATER, (_, state) => readUsage(state.storage.sql, 0, 1))
    expect(partial).toMatchObject({ isPartial: true, rows: [{ scope: 'read', granted: 2 }] })
    const whole = await inside(shard, LATER, (_, state) => readUsage(state.storage.sql, 0, 2))
    expect(whole).toMatchObject({ isPartial: false, rows: { length: 2 } })
  })

  it('reads the days of use that an earlier release counted', async () => {
    const old = newShard()
    await inside(old, NOON, (_, { storage }) => {
      const { sql } = storage
      const tables = sql
        .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
        .toArray()
      for (const { name } of tables) {
        if (!/^(?:_cf|sqlite)_/.test(name)) sql.exec(`DROP TABLE ${name}`)
      }
      migrate(
        storage,
        MIGRATIONS.slice(
          0,
          MIGRATIONS.findIndex((one) => one.includes('outlived')),
        ),
      )
      sql.exec(`INSERT INTO usage VALUES (3, 'deploy', 'https://api.test', 'read', 4, 5)`)
    })
    await inside(old, NOON, (_, { storage }) => migrate(storage, MIGRATIONS))
    await append(old, [
      { ...granted(3 * DAY, ['read']), expires_at: 9, subject_token_expires_at: 4 },
    ])
    await inside(old, LATER, async (_, { storage }) => {
      while (await compactOldest(storage, LATER)) {}
    })
    expect((await old.usage(0)).rows).toMatchObject([{ granted: 5, outlivedSeconds: 5 }])
    await endAlarm(old)
  })

  it('purges blocks that are too old with their filters, and keeps the chain and the use', async () => {
    await fillTwoBlocks()
    const whole = await shard.status()
    const purgedTo = async () => (await shard.page({ filter: {}, limit: 1 })).purgedTo
    expect(await purgedTo()).toBeNull()
    expect(await purge(NOON - HOUR, 1_000_000)).toBe(1)
    expect(await purgedTo()).toBe(NOON - DAY)
    const status = await shard.status()
    expect(status).toEqual({ ...whole, firstSequence: 2, records: 1 })
    expect(await rowsOf('block_filters')).toBe(1)
    expect((await shard.usage(0)).rows).toMatchObject([{ granted: 2 }, { granted: 1 }])
    const part = await shard.exportAfter(0)
    expect(part).toMatchObject({ after: 1, lastSequence: 2 })
  })

  it('purges the oldest blocks while there are too many records', async () => {
    await fillTwoBlocks()
    expect(await purge(0, 2)).toBe(1)
    expect((await shard.status())?.records).toBe(1)
    expect(await purge(0, 1)).toBe(0)
  })

  it('never purges what a bound bucket does not have yet', async () => {
    await fillTwoBlocks()
    expect(await purge(LATER, 0, true)).toBe(0)
    const target = bucket()
    await inside(shard, LATER, async (_, state) => {
      while (await exportNext(state.storage.sql, target)) {}
    })
    expect(target.names).toEqual(['decisions/3/000000000001-000000000002.ndjson.gz'])
    expect((await shard.status())?.exportedSequence).toBe(2)
    expect(await purge(LATER, 0, true)).toBe(2)
  })

  it('exports again from the same batch after the bucket failed', async () => {
    await fillTwoBlocks()
    await inside(shard, LATER, async (_, state) => {
      const broken = { put: () => Promise.reject(new Error('unreachable')) }
      await expect(exportNext(state.storage.sql, broken)).rejects.toThrow('unreachable')
    })
    expect((await shard.status())?.exportedSequence).toBe(0)
  })

  it('signs its head by alarm, once for each head', async () => {
    await append(shard, [granted(NOON, ['read'])], NOON)
    await inside(shard, NOON + HOUR / 2, (log) => log.alarm())
    expect(await shard.status()).toMatchObject({ checkpointSequence: 1, fault: null })
    await inside(shard, LATER, (log) => log.alarm())
    expect(await rowsOf('checkpoints')).toBe(1)
  })

  it('reports records that no checkpoint covers', async () => {
    await append(shard, [granted(NOON, ['read'])], NOON)
    const isUnsigned = (at: number) => inside(shard, at, (log) => log.status()?.isUnsigned)
    expect(await isUnsigned(NOON + DECISION_UNSIGNED_MILLISECONDS)).toBe(false)
    expect(await isUnsigned(NOON + DECISION_UNSIGNED_MILLISECONDS + 1)).toBe(true)
    await inside(shard, LATER, (log) => log.checkpoint())
    expect(await isUnsigned(LATER)).toBe(false)
  })

  it('compresses what a clock in the future stored', async () => {
    await append(shard, [granted(NOON, ['read'])], NOON + 365 * DAY)
    await append(shard, [granted(NOON, ['read'])], NOON)
    await compact(LATER)
    expect([await rowsOf('batches'), await rowsOf('blocks')]).toEqual([0, 1])
  })

  it('compresses batches once if two calls run at a time', async () => {
    await append(shard, [granted(NOON, ['read'])], NOON)
    await inside(shard, LATER, async (_, { storage }) => {
      const both = [compactOldest(storage, LATER), compactOldest(storage, LATER)]
      await expect(Promise.all(both)).resolves.toEqual([true, true])
    })
    expect([await rowsOf('batches'), await rowsOf('blocks')]).toEqual([0, 1])
    expect((await shard.usage(0)).rows).toMatchObject([{ granted: 1 }])
  })

  it('notes a failure of its upkeep and runs again', async () => {
    const line = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    await append(shard, [granted(NOON, ['read'])], NOON)
    await inside(shard, LATER, async (log, { storage }) => {
      storage.sql.exec(
        `CREATE TRIGGER broken BEFORE INSERT ON blocks BEGIN SELECT RAISE(ABORT, 'broken'); END`,
      )
      await expect(log.alarm()).resolves.toBeUndefined()
      expect(log.status()?.fault).toBe('upkeep_failed')
      expect(await storage.getAlarm()).toBeGreaterThan(Date.now() + 30_000)
      storage.sql.exec('DROP TRIGGER broken')
      await log.alarm()
      expect(log.status()?.fault).toBeNull()
    })
    const events = line.mock.calls.map(
      ([text]) => (JSON.parse(String(text)) as { event: string }).event,
    )
    expect(events).toEqual(['failure', 'decision_log_failed'])
  })
})
