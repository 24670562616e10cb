/** The counters of a shard, which count each record once. */
import { runDurableObjectAlarm } from 'cloudflare:test'
import { afterEach, describe, expect, it } from 'vitest'
import type { ShardCounters } from '../../../../src/core/metrics/facts.ts'
import { DURATION_BOUNDS } from '../../../../src/core/metrics/families.ts'
import { DECISION_SERIES_DAYS, MAX_DECISION_SERIES } from '../../../../src/worker/limits.ts'
import { compactOldest } from '../../../../src/worker/objects/decision-log/compact.ts'
import {
  forgetSeries,
  OTHER,
  readCounters,
} from '../../../../src/worker/objects/decision-log/counters/counters.ts'
import { append, batch, endAlarm, inside, NOON, newShard, record, type Shard } from './shard.ts'

const HOUR = 3_600_000
const LATER = NOON + 2 * HOUR
const DAY = 24 * HOUR

let shard: Shard = newShard()
afterEach(async () => {
  await endAlarm(shard)
  shard = newShard()
})

const denied = (reason: 'rule_denied' | 'token_expired') =>
  record(NOON, { outcome: 'denied', reason })

async function counted(): Promise<ShardCounters> {
  const counters = await shard.counters()
  if (counters === null) throw new Error('no records')
  return counters
}

const compact = () =>
  inside(shard, LATER, async (_, state) => {
    while (await compactOldest(state.storage, LATER)) {}
  })

const series = async () =>
  Object.fromEntries(
    (await counted()).exchanges.map(({ issuer, rule, outcome, reason, count }) => [
      [issuer, rule, outcome, reason].join('|'),
      count,
    ]),
  )

describe('the counters of a shard', () => {
  it('are absent before the first record', async () => {
    expect(await shard.counters()).toBeNull()
  })

  it('count by issuer, rule, outcome and reason, and each record once', async () => {
    const { issuer: _, rule: __, ...unknown } = denied('token_expired')
    await append(shard, [record(NOON), record(NOON), denied('rule_denied')])
    const first = {
      'ci|deploy|granted|': 2,
      'ci|deploy|denied|rule_denied': 1,
    }
    expect(await series()).toEqual(first)
    expect(await series()).toEqual(first)
    await append(shard, [record(NOON), unknown])
    const second = { ...first, 'ci|deploy|granted|': 3, '||denied|token_expired': 1 }
    expect(await series()).toEqual(second)
    await compact()
    expect(await series()).toEqual(second)
  })

  it('count batches that were compressed before anybody asked', async () => {
    await append(shard, [record(NOON)])
    await compact()
    await append(shard, [record(LATER)], LATER)
    expect(await series()).toEqual({ 'ci|deploy|granted|': 2 })
  })

  it('count what an earlier release has stored and not compressed', async () => {
    await append(shard, [record(NOON)])
    await compact()
    await append(shard, [record(LATER), denied('rule_denied')], LATER)
    await inside(shard, LATER, (_, { storage }) => {
      // As the migration leaves the tables.
      storage.sql.exec('DELETE FROM exchange_counts')
      storage.sql.exec('UPDATE chain SET counted_sequence = 0')
    })
    expect(await series()).toEqual({ 'ci|deploy|granted|': 1, 'ci|deploy|denied|rule_denied': 1 })
  })

  it('count a batch once that was sent twice', async () => {
    const records = [record(NOON)]
    await append(shard, records)
    expect(await series()).toEqual({ 'ci|deploy|granted|': 1 })
    await inside(shard, NOON, (log) => log.append(batch(records)))
    expect(await series()).toEqual({ 'ci|deploy|granted|': 1 })
  })

  it('name the part of an outage as the reason', async () => {
    await append(shard, [record(NOON, { outcome: 'unavailable', part: 'trust_store' })])
    expect(await series()).toEqual({ 'ci|deploy|unavailable|trust_store': 1 })
  })

  it('put durations into buckets, and leave out records without one', async () => {
    const durations = [0, 1, 2, 60_000]
    await append(shard, [
      record(NOON),
      ...durations.map((duration) => record(NOON, { duration_milliseconds: duration })),
    ])
    const [own] = (await counted()).durations
    expect(own?.issuer).toBe('ci')
    expect(own?.sumMilliseconds).toBe(60_003)
    const expected = Array.from({ length: DURATION_BOUNDS.length + 1 }, () => 0)
    expected[0] = 2
    expected[1] = 1
    expected[DURATION_BOUNDS.length] = 1
    expect(own?.buckets).toEqual(expected)
    await append(shard, [record(NOON, { duration_milliseconds: 1 })])
    expect((await counted()).durations).toMatchObject([{ sumMilliseconds: 60_004 }])
  })

  it('report the state of the shard', async () => {
    await append(shard, [record(NOON), record(NOON)])
    await append(shard, [record(NOON)])
    const { records, batches, exportedBatches, fault, sizeBytes } = await counted()
    expect({ records, batches, exportedBatches, fault }).toEqual({
      records: 3,
      batches: 2,
      exportedBatches: 0,
      fault: null,
    })
    expect(sizeBytes).toBeGreaterThan(10_000)
  })

  it('share one series when there are too many', async () => {
    await inside(shard, NOON, async (log, { storage }) => {
      await log.append(batch([record(NOON, { rule: 'known' })]))
      readCounters(storage, NOON)
      storage.sql.exec(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO exchange_counts SELECT 'ci', 'rule-' || i, 'granted', '', 1, 0 FROM n`,
        MAX_DECISION_SERIES - 1,
      )
      await log.append(
        batch([
          record(NOON, { rule: 'known' }),
          ...['a', 'b'].map((rule) => record(NOON, { rule })),
        ]),
      )
    })
    const all = await series()
    expect(all['ci|known|granted|']).toBe(2)
    expect(all[`${OTHER}|${OTHER}|granted|`]).toBe(2)
    expect(Object.keys(all)).toHaveLength(MAX_DECISION_SERIES + 1)
  })

  it('are forgotten when nobody used them for weeks', async () => {
    const end = NOON + DECISION_SERIES_DAYS * DAY
    await inside(shard, NOON, async (log, { storage }) => {
      await log.append(batch([record(NOON, { rule: 'old', duration_milliseconds: 1 })]))
      readCounters(storage, NOON)
      await log.append(batch([record(NOON, { rule: 'new', issuer: 'other' })]))
      readCounters(storage, NOON + 1)
      forgetSeries(storage.sql, end + 1)
    })
    expect(await series()).toEqual({ 'other|new|granted|': 1 })
    expect((await counted()).durations).toEqual([])
  })

  it('survive the upkeep of the shard', async () => {
    await append(shard, [record(NOON)])
    await runDurableObjectAlarm(shard)
    expect(await series()).toEqual({ 'ci|deploy|granted|': 1 })
  })
})
