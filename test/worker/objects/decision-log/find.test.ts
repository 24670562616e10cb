import { afterEach, describe, expect, it } from 'vitest'
import type { DecisionFilter } from '../../../../src/contract/decisions/query.ts'
import type { DecisionRecord } from '../../../../src/contract/decisions/record.ts'
import { comparePositions, matchesFilter } from '../../../../src/core/decisions/match.ts'
import { compactOldest } from '../../../../src/worker/objects/decision-log/compact.ts'
import { findPage } from '../../../../src/worker/objects/decision-log/find-records.ts'
import { append, endAlarm, inside, NOON, newShard, record, type Shard } from './shard.ts'

const HOUR = 3_600_000

let shard: Shard = newShard()
afterEach(async () => {
  await endAlarm(shard)
  shard = newShard()
})

/** Records of three hours: the first two hours are compressed, the third is not. */
async function fill(): Promise<readonly DecisionRecord[]> {
  const all: DecisionRecord[] = []
  for (let minute = 0; minute < 180; minute += 5) {
    const at = NOON + minute * 60_000
    const records = [0, 1, 2].map((index) =>
      record(at + ((index * 7) % 3), {
        rule: `rule-${index}`,
        subject: `job-${minute % 15}`,
        resource: 'https://api.test',
        ...(index === 2 ? { outcome: 'denied', reason: 'rule_denied' } : {}),
        claims: { run: minute },
      } as Partial<DecisionRecord>),
    )
    await append(shard, records, at)
    all.push(...records)
  }
  await inside(shard, NOON + 3 * HOUR, async (_, state) => {
    while (await compactOldest(state.storage, NOON + 3 * HOUR)) {}
  })
  return all
}

const expectAll = (all: readonly DecisionRecord[], filter: DecisionFilter) =>
  all
    .filter((entry) => matchesFilter(entry, filter))
    .sort(comparePositions)
    .map(({ id }) => id)

/** More than a test fills in. */
const MOST_RECORDS = 1000

async function readAll(filter: DecisionFilter, limit: number): Promise<readonly string[]> {
  const ids: string[] = []
  let before: { at: number; id: string } | undefined
  // Pages that repeat would never end.
  while (ids.length < MOST_RECORDS) {
    const { records } = await shard.page({ filter, limit, ...(before ? { before } : {}) })
    const last = records.at(-1)
    if (last === undefined) break
    ids.push(...records.map(({ id }) => id))
    before = { at: last.at, id: last.id }
  }
  return ids
}

describe('questions to a shard', () => {
  it('find each record by its id, compressed or not', async () => {
    const all = await fill()
    const lines = await Promise.all(all.map(({ id, at }) => shard.find({ id, at })))
    expect(lines.map((line) => JSON.parse(line ?? 'null'))).toEqual(all)
    expect(await shard.find({ id: record(NOON).id, at: NOON })).toBeNull()
  })

  it('find the same records in pages of any size, whatever the filter is', async () => {
    const all = await fill()
    const filters: readonly DecisionFilter[] = [
      {},
      { rule: 'rule-1' },
      { subject: 'job-5' },
      { subject: 'job-5', rule: 'rule-2' },
      { outcome: 'denied' },
      { reason: 'rule_denied', from: NOON + HOUR },
      { to: NOON + HOUR },
      { issuer: 'ci', from: NOON + HOUR, to: NOON + 2 * HOUR },
      { claims: [{ path: ['run'], value: '95' }] },
      { rule: 'rule-9' },
      { rule: 'deploy' },
    ]
    for (const filter of filters) {
      for (const limit of [1, 7, 500]) {
        expect(await readAll(filter, limit), JSON.stringify(filter)).toEqual(expectAll(all, filter))
      }
    }
  })

  it('say how far they searched when they had to stop', async () => {
    const all = await fill()
    const answer = await inside(shard, NOON, (_, state) =>
      findPage(state.storage.sql, { filter: {}, limit: 500 }, 30),
    )
    expect(answer.searchedTo).toBeGreaterThan(NOON)
    const found = expectAll(all, {}).slice(0, answer.records.length)
    expect(answer.records.map(({ id }) => id)).toEqual(found)
    const next = all.filter(({ at }) => at > (answer.searchedTo ?? 0))
    expect(answer.records).toHaveLength(next.length)
  })

  it('get further with every call, even where all batches overlap in time', async () => {
    const all: DecisionRecord[] = []
    for (let batch = 0; batch < 6; batch += 1) {
      // Each batch reaches to the same last moment.
      const records = [record(NOON + batch), record(NOON + 1000)]
      await append(shard, records)
      all.push(...records)
    }
    const ids = new Set<string>()
    let before: { at: number; id: string } | undefined
    for (let calls = 0; calls < 20; calls += 1) {
      const request = { filter: {}, limit: 3, ...(before ? { before } : {}) }
      const { records, searchedTo } = await inside(shard, NOON, (_, state) =>
        findPage(state.storage.sql, request, 2),
      )
      for (const { id } of records) ids.add(id)
      const last = records.at(-1)
      if (last !== undefined) before = { at: last.at, id: last.id }
      else if (searchedTo !== undefined) before = { at: searchedTo, id: '~' }
      else break
    }
    expect(ids.size).toBe(all.length)
  })
})
