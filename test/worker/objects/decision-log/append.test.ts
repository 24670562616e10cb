import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it } from 'vitest'
import {
  extendChain,
  formatBatchLine,
  startChain,
} from '../../../../src/contract/decisions/chain.ts'
import { formatDecisionId } from '../../../../src/contract/decisions/id.ts'
import {
  DECISION_BATCH_CHARACTERS,
  MAX_RECORD_CHARACTERS,
} from '../../../../src/core/decisions/limits.ts'
import { verifyExport } from '../../../../src/core/decisions/verify-export.ts'
import { appendBatch, prepareBatch } from '../../../../src/worker/objects/decision-log/chain.ts'
import { compactOldest } from '../../../../src/worker/objects/decision-log/compact.ts'
import { DecisionLog } from '../../../../src/worker/objects/decision-log/decision-log.ts'
import { formatExport } from '../../../../src/worker/objects/decision-log/retention.ts'
import {
  append,
  batch,
  endAlarm,
  ISSUER,
  inside,
  NOON,
  newShard,
  record,
  SHARD,
  type Shard,
} from './shard.ts'

let shard: Shard = newShard()
afterEach(async () => {
  await endAlarm(shard)
  shard = newShard()
})

const headAfter = async () => (await shard.status())?.head

async function verifyShard() {
  const part = await shard.exportAfter(0)
  if (part === null) throw new Error('nothing to export')
  const lines = formatExport(ISSUER, SHARD, part).trimEnd().split('\n')
  return verifyExport(lines, { verifyCheckpoint: async () => undefined })
}

describe('a shard of the decision log', () => {
  it('knows nothing before its first batch', async () => {
    expect(await shard.status()).toBeNull()
    expect(await shard.exportAfter(0)).toBeNull()
    const { id, at } = record(NOON)
    expect(await shard.find({ id, at })).toBeNull()
  })

  it('appends batches to a chain that starts with its deployment and its number', async () => {
    const first = [record(NOON), record(NOON + 1)]
    const second = [record(NOON + 2)]
    expect(await append(shard, first)).toEqual({ sequence: 1 })
    expect(await append(shard, second, NOON + 5)).toEqual({ sequence: 2 })
    const lines = (records: typeof first) =>
      records.map((entry) => JSON.stringify(entry)).join('\n')
    const one = extendChain(
      startChain(ISSUER, SHARD),
      formatBatchLine({ sequence: 1, time: NOON, count: 2 }),
      lines(first),
    )
    const two = extendChain(
      one,
      formatBatchLine({ sequence: 2, time: NOON + 5, count: 1 }),
      lines(second),
    )
    expect(await headAfter()).toBe(two)
  })

  it('keeps the chain through an eviction', async () => {
    await append(shard, [record(NOON)])
    const head = await headAfter()
    await evictDurableObject(shard)
    expect(await headAfter()).toBe(head)
    expect(await append(shard, [record(NOON + 1)])).toEqual({ sequence: 2 })
  })

  it('appends a batch that is sent again once', async () => {
    const request = batch([record(NOON), record(NOON)])
    await inside(shard, NOON, (log) => log.append(request))
    const before = await shard.status()
    const again = inside(shard, NOON + 9, (log) => log.append(request))
    await expect(again).resolves.toEqual({ sequence: 1 })
    expect(await shard.status()).toEqual(before)
  })

  it('refuses a batch for a shard of another number, and stores nothing', async () => {
    await append(shard, [record(NOON)])
    const before = await shard.status()
    const of = (id: string) => ({ ...record(NOON), id })
    const id = formatDecisionId({ shard: SHARD + 1, at: NOON }, new Uint8Array(9))
    const request = { ...batch([of(id)]), shard: SHARD + 1 }
    await expect(inside(shard, NOON, (log) => log.append(request))).rejects.toThrow(
      'another number',
    )
    expect(await shard.status()).toEqual(before)
  })

  const first = record(NOON)
  const other = formatDecisionId({ shard: SHARD + 1, at: NOON }, new Uint8Array(9))
  const line = JSON.stringify(first)
  const large = record(NOON, { subject: 'x'.repeat(DECISION_BATCH_CHARACTERS) })
  it.each([
    ['without records', { lines: [] }, 'must begin with its first record'],
    ['of another first record', { firstId: other }, 'must begin with its first record'],
    [
      'with a decision of another shard',
      { lines: [line, JSON.stringify({ ...first, id: other })] },
      'of another shard',
    ],
    ['with a line feed in a record', { lines: [line, `${line}\n${line}`] }, 'no decision record'],
    ['with a line that is no record', { lines: [line, '{}'] }, 'no decision record'],
    ['that does not fit into a row', batch([large]), 'too large'],
  ])('refuses a batch %s, and stores nothing', async (_, change, message) => {
    const request = { ...batch([first]), ...change }
    await expect(inside(shard, NOON, (log) => log.append(request))).rejects.toThrow(message)
    expect(await shard.status()).toBeNull()
  })

  it('appends a batch once that is sent again after it was compressed', async () => {
    const request = batch([record(NOON), record(NOON + 1)])
    await inside(shard, NOON, async (log, { storage }) => {
      await log.append(request)
      await compactOldest(storage, NOON + 3_600_000)
    })
    const before = await shard.status()
    expect(await inside(shard, NOON, (log) => log.append(request))).toEqual({ sequence: 1 })
    expect(await shard.status()).toEqual(before)
  })

  it('stores the largest batch of characters that take three bytes each', async () => {
    const count = Math.floor(DECISION_BATCH_CHARACTERS / (MAX_RECORD_CHARACTERS + 1))
    const records = Array.from({ length: count }, () => record(NOON, { subject: '' }))
    const room = MAX_RECORD_CHARACTERS - JSON.stringify(records[0]).length
    const subject = Array.from({ length: room }, (_, at) =>
      String.fromCodePoint(0x4e00 + ((at * 7919) % 20000)),
    ).join('')
    await append(
      shard,
      records.map((entry) => ({ ...entry, subject })),
    )
    await inside(shard, NOON, (_, { storage }) => compactOldest(storage, NOON + 3_600_000))
    expect(await shard.find({ id: records[0]?.id ?? '', at: NOON })).toContain(subject)
  })

  it('asks for its upkeep at once when too many records are uncompressed', async () => {
    await append(shard, [record(NOON)])
    await inside(shard, NOON, async (log, { storage }) => {
      const alarm = (await storage.getAlarm()) ?? 0
      expect(alarm).toBeGreaterThan(Date.now() + 60_000)
      storage.sql.exec('UPDATE chain SET recent = 100000')
      await log.append(batch([record(NOON)]))
      expect(await storage.getAlarm()).toBeLessThanOrEqual(Date.now() + 1000)
      await storage.deleteAlarm()
      // After a failure, the next append does not start the upkeep again.
      storage.sql.exec(`UPDATE chain SET fault = 'upkeep_failed'`)
      await log.append(batch([record(NOON)]))
      expect(await storage.getAlarm()).toBeGreaterThan(Date.now() + 60_000)
    })
  })

  it('appends batches that arrive together one after the other', async () => {
    const requests = Array.from({ length: 20 }, (_, index) => batch([record(NOON + index)]))
    const answers = await Promise.all(requests.map((request) => shard.append(request)))
    const sequences = answers.map(({ sequence }) => sequence).sort((left, right) => left - right)
    expect(sequences).toEqual(requests.map((_, index) => index + 1))
    expect((await shard.status())?.records).toBe(20)
    expect(await verifyShard()).toMatchObject({ ok: true, value: { records: 20 } })
  })

  it('appends a batch that was hashed before another one was appended', async () => {
    await inside(shard, NOON, async (_, { storage }) => {
      const first = await prepareBatch(storage.sql, batch([record(NOON)]), NOON)
      const second = await prepareBatch(storage.sql, batch([record(NOON)]), NOON)
      expect([first, second].map((prepared) => appendBatch(storage, prepared))).toEqual([1, 2])
    })
    expect(await verifyShard()).toMatchObject({ ok: true, value: { records: 2 } })
  })

  it('writes what arrives in one turn together, on one machine', async () => {
    const known = batch([record(NOON)])
    await shard.append(known)
    const { before, answers } = await inside(shard, NOON, async (_, state) => {
      const log = new DecisionLog(state, { ...env, LOCAL_GATEWAY: 'true' })
      const other = { ...batch([record(NOON)]), lines: ['{}'] }
      const requests = [...Array.from({ length: 20 }, () => batch([record(NOON)])), known, other]
      const asked = Promise.allSettled(requests.map((request) => log.append(request)))
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
      const { sequence: before } = log.status() ?? {}
      return { before, answers: await asked }
    })
    expect(before).toBe(1)
    const expected = [...Array.from({ length: 20 }, (_, index) => index + 2), 1]
    const written = answers.flatMap((answer) =>
      answer.status === 'fulfilled' ? [answer.value.sequence] : [],
    )
    expect(written).toEqual(expected)
    expect(answers.at(-1)).toMatchObject({ status: 'rejected' })
    expect(await verifyShard()).toMatchObject({ ok: true, value: { records: 21 } })
  })
})
