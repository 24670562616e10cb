/** A stored batch or block that is damaged must not make an answer look complete. */
import { afterEach, describe, expect, it } from 'vitest'
import type { DecisionRecord } from '../../../../src/contract/decisions/record.ts'
import { compactOldest } from '../../../../src/worker/objects/decision-log/compact.ts'
import { append, batch, endAlarm, inside, NOON, newShard, record, type Shard } from './shard.ts'

const HOUR = 3_600_000

let shard: Shard = newShard()
afterEach(async () => {
  // The canary reads every row that is left.
  await inside(shard, NOON, (_, state) => {
    state.storage.sql.exec('DELETE FROM blocks')
  })
  await endAlarm(shard)
  shard = newShard()
})

/** The first two records are in a block, the others are not. */
async function fill(): Promise<readonly DecisionRecord[]> {
  const [first, second, third, fourth] = [0, 1, 2 * HOUR, 2 * HOUR + 1].map((after, index) =>
    record(NOON + after, { subject: `job:${index % 2}` }),
  ) as [DecisionRecord, DecisionRecord, DecisionRecord, DecisionRecord]
  await append(shard, [first, second], NOON)
  await append(shard, [third, fourth], NOON + 2 * HOUR)
  await inside(shard, NOON + 2 * HOUR, (_, state) => compactOldest(state.storage, NOON + 2 * HOUR))
  return [first, second, third, fourth]
}

function change(statement: string): Promise<void> {
  return inside(shard, NOON + 2 * HOUR, (_, state) => {
    expect(state.storage.sql.exec(statement).rowsWritten).toBeGreaterThan(0)
  })
}

const CUT_BLOCK = 'UPDATE blocks SET content = substr(content, 1, 40)'
const ids = (records: readonly { readonly id: string }[]) => records.map(({ id }) => id)

describe('a damaged row of the decision log', () => {
  it('is reported with the records of the other rows, with and without a filter', async () => {
    const all = await fill()
    await change(CUT_BLOCK)
    const page = await shard.page({ filter: {}, limit: 9 })
    expect(ids(page.records)).toEqual([all[3]?.id, all[2]?.id])
    expect(page.damagedTo).toBe(NOON + 1)
    const filtered = await shard.page({ filter: { subject: 'job:0' }, limit: 9 })
    expect(ids(filtered.records)).toEqual([all[2]?.id])
    expect(filtered.damagedTo).toBe(NOON + 1)
  })

  it.each([
    ['cut off', `substr(lines, 1, length(lines) - 9)`],
    ['overwritten', `'x' || substr(lines, 2)`],
    ['without a line', `substr(lines, 1, instr(lines, char(10)) - 1)`],
  ])('is reported for a batch that is %s', async (_, lines) => {
    await fill()
    await change(`UPDATE batches SET lines = ${lines}`)
    for (const filter of [{}, { subject: 'job:1' }, { rule: 'other' }]) {
      const page = await shard.page({ filter, limit: 9 })
      expect(page.damagedTo).toBe(NOON + 2 * HOUR + 1)
      // The records of the other rows are texts of JSON.
      for (const { line } of page.records) expect(JSON.parse(line)).toBeDefined()
    }
  })

  it('is reported for a matching record that is no JSON', async () => {
    await fill()
    await change(`UPDATE batches SET lines = replace(lines, ',"rule"', 'rule')`)
    for (const filter of [{}, { subject: 'job:1' }]) {
      const page = await shard.page({ filter, limit: 9 })
      expect([page.damagedTo, page.records.length]).toEqual([
        NOON + 2 * HOUR + 1,
        filter.subject === undefined ? 2 : 1,
      ])
    }
  })

  it('is not reported where the question does not reach it', async () => {
    await fill()
    await change(CUT_BLOCK)
    const later = await shard.page({ filter: { from: NOON + HOUR }, limit: 9 })
    expect(later).toMatchObject({ damagedTo: undefined })
    const first = await shard.page({ filter: {}, limit: 1 })
    expect(first).toMatchObject({ damagedTo: undefined })
  })

  it('makes a decision of its time unavailable, and not unknown', async () => {
    const all = await fill()
    await change(CUT_BLOCK)
    const find = (entry: DecisionRecord | undefined) =>
      inside(shard, NOON, (log) => log.find({ id: entry?.id ?? '', at: entry?.at ?? 0 }))
    await expect(find(all[0])).rejects.toThrow('damaged')
    expect(JSON.parse((await find(all[2])) ?? '')).toEqual(all[2])
    expect(await find(record(NOON + 2 * HOUR))).toBeNull()
    await change(`UPDATE batches SET lines = replace(lines, ',"rule"', 'rule')`)
    await expect(find(all[2])).rejects.toThrow('damaged')
  })

  it.each([
    ['with a record that is no JSON', `replace(lines, ',"rule"', 'rule')`],
    ['without a line', `substr(lines, 1, instr(lines, char(10)) - 1)`],
    ['with a line too much', `lines || char(10) || '['`],
  ])('is reported, exported and extended after its compression: %s', async (name, lines) => {
    const all = await fill()
    await change(`UPDATE batches SET lines = ${lines}`)
    const later = NOON + 4 * HOUR
    const next = record(later)
    await append(shard, [next], later)
    const log = <T>(run: Parameters<typeof inside<T>>[2]) => inside(shard, later + HOUR, run)
    await log((_, state) => compactOldest(state.storage, later + HOUR))
    const isMissing = !name.includes('too much')
    const page = await shard.page({ filter: { subject: 'job:1' }, limit: 9 })
    const shown = isMissing ? [all[1]?.id] : [all[3]?.id, all[1]?.id]
    expect([page.damagedTo !== undefined, ids(page.records)]).toEqual([isMissing, shown])
    const part = await log((object) => object.exportAfter(0))
    expect(part).toMatchObject({ lastSequence: 3, hasMore: false })
    expect(part?.text).toContain(next.id)
    const late = record(NOON + 2 * HOUR + 1)
    await log((object) => object.append(batch([late])))
    expect(await log((object) => object.find({ id: late.id, at: late.at }))).not.toBeNull()
  })

  it('does not keep new decisions of its time out of the log', async () => {
    await fill()
    await change(CUT_BLOCK)
    const late = record(NOON + 1)
    await inside(shard, NOON + 2 * HOUR, (log) => log.append(batch([late])))
    const { records } = await shard.page({ filter: { to: NOON + HOUR }, limit: 9 })
    expect(ids(records)).toEqual([late.id])
  })
})
