/** What a shard counts by issuer and over time. */
import { evictDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, it } from 'vitest'
import { MAX_COUNT_ROWS } from '../../../../src/core/limits.ts'
import {
  DECISION_ACTIVITY_DAYS,
  DECISION_ACTIVITY_STEP_SECONDS,
} from '../../../../src/worker/limits.ts'
import { compactOldest } from '../../../../src/worker/objects/decision-log/compact.ts'
import { forgetSeries } from '../../../../src/worker/objects/decision-log/counters/counters.ts'
import {
  type IssuerCount,
  sumIssuerCounts,
} from '../../../../src/worker/objects/decision-log/counters/issuer-counts.ts'
import { append, batch, endAlarm, inside, NOON, newShard, record, type Shard } from './shard.ts'

const HOUR = 3_600_000
const AT = NOON / 1000
const STEP = NOON / (DECISION_ACTIVITY_STEP_SECONDS * 1000)

let shard: Shard = newShard()
afterEach(async () => {
  await endAlarm(shard)
  shard = newShard()
})

const denied = (at: number) => record(at, { outcome: 'denied', reason: 'rule_denied' })
const failed = (at: number) => record(at, { outcome: 'unavailable', part: 'trust_store' })

describe('the counts by issuer of a shard', () => {
  it('begin with the first decision, count each once, and survive eviction', async () => {
    const { issuer: _, ...unknown } = denied(NOON)
    await append(shard, [record(NOON + HOUR), record(NOON), denied(NOON), failed(NOON), unknown])
    const first = [{ issuer: 'ci', granted: 2, denied: 1, since: AT }]
    expect((await shard.issuerCounts()).decisions).toEqual(first)
    expect((await shard.issuerCounts()).decisions).toEqual(first)
    await append(shard, [record(NOON + 2 * HOUR, { issuer: 'other' }), record(NOON + 1)])
    await evictDurableObject(shard)
    expect((await shard.issuerCounts()).decisions).toEqual([
      { issuer: 'ci', granted: 3, denied: 1, since: AT },
      { issuer: 'other', granted: 1, denied: 0, since: AT + 7200 },
    ])
  })

  it('have batches that were compressed before anybody asked', async () => {
    await append(shard, [record(NOON)])
    await inside(shard, NOON + 2 * HOUR, async (_, { storage }) => {
      await compactOldest(storage, NOON + 2 * HOUR)
    })
    await append(shard, [record(NOON)])
    expect((await shard.issuerCounts()).decisions).toMatchObject([{ granted: 2 }])
  })

  it('have the refused questions of a batch, also if it is sent twice', async () => {
    const sent = { ...batch([record(NOON)]), refused: { 'https://i.test': 5 } }
    await inside(shard, NOON, async (log) => {
      await log.append(sent)
      await log.append(sent)
      await log.append({ ...batch([record(NOON)]), refused: { 'https://i.test': 1 } })
    })
    expect((await shard.issuerCounts()).refused).toEqual({ 'https://i.test': 6 })
  })

  it('keep a bounded number of issuers, those that were counted last', async () => {
    const issuers = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => record(NOON, { issuer: `i${from + index}` }))
    await inside(shard, NOON, async (log, { storage }) => {
      await log.append(batch([record(NOON)]))
      log.issuerCounts()
      storage.sql.exec('DELETE FROM issuer_counts')
      storage.sql.exec(
        `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
         INSERT INTO issuer_counts SELECT 'i' || i, 1, 0, 0, 0 FROM n`,
        MAX_COUNT_ROWS,
      )
    })
    await append(shard, [record(NOON, { issuer: 'i0' }), ...issuers(MAX_COUNT_ROWS, 2)])
    const { decisions } = await shard.issuerCounts()
    expect(decisions).toHaveLength(MAX_COUNT_ROWS)
    const kept = new Set(decisions.map(({ issuer }) => issuer))
    const checked = ['i0', 'i1', 'i10', 'i2', `i${MAX_COUNT_ROWS + 1}`]
    expect(checked.filter((name) => kept.has(name))).toEqual(['i0', 'i2', `i${MAX_COUNT_ROWS + 1}`])
  })

  it('are added, from the first decision of any shard', () => {
    const of = (change: Partial<IssuerCount>) => ({
      decisions: [{ issuer: 'ci', granted: 1, denied: 2, since: AT, ...change }],
      refused: { 'https://i': 1 },
    })
    expect(sumIssuerCounts([of({}), of({ since: AT - 5 }), of({ since: AT + 5 })])).toEqual({
      decisions: [{ issuer: 'ci', granted: 3, denied: 6, since: AT - 5 }],
      refused: { 'https://i': 3 },
    })
    expect(sumIssuerCounts([])).toEqual({ decisions: [], refused: {} })
  })
})

describe('the decisions of a shard over time', () => {
  const activity = (since: number, size = 1) => shard.activity({ since, size })

  it('are counted in steps of five minutes, by outcome', async () => {
    await append(shard, [record(NOON - 1), record(NOON), record(NOON + 1), failed(NOON)])
    await append(shard, [denied(NOON + 5 * 60_000)])
    expect(await activity(STEP)).toEqual([
      { step: STEP, outcome: 'granted', count: 2 },
      { step: STEP, outcome: 'unavailable', count: 1 },
      { step: STEP + 1, outcome: 'denied', count: 1 },
    ])
    expect(await activity(STEP - 1)).toContainEqual({
      step: STEP - 1,
      outcome: 'granted',
      count: 1,
    })
  })

  it('are added to larger steps', async () => {
    await append(shard, [record(NOON), record(NOON + HOUR / 2), record(NOON + HOUR)])
    expect(await activity(STEP / 12, 12)).toEqual([
      { step: STEP / 12, outcome: 'granted', count: 2 },
      { step: STEP / 12 + 1, outcome: 'granted', count: 1 },
    ])
  })

  it('are forgotten after a month', async () => {
    await append(shard, [record(NOON)])
    await activity(STEP)
    const forgetAt = (days: number) =>
      inside(shard, NOON, (_, { storage }) => forgetSeries(storage.sql, NOON + days * 24 * HOUR))
    await forgetAt(DECISION_ACTIVITY_DAYS)
    expect(await activity(STEP)).toHaveLength(1)
    await forgetAt(DECISION_ACTIVITY_DAYS + 1)
    expect(await activity(STEP)).toEqual([])
  })
})
