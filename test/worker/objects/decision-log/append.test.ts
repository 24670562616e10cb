import { evictDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, it } from 'vitest'
import {
  extendChain,
  formatBatchLine,
  startChain,
} from '../../../../src/contract/decisions/chain.ts'
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
    expect(await inside(shard, NOON + 9, (log) => log.append(request))).toEqual({ sequence: 1 })
    expect(await shard.status()).toEqual(before)
  })

  it('refuses a batch for a shard of another number, and stores nothing', async () => {
    await append(shard, [record(NOON)])
    const before = await shard.status()
    const request = { ...batch([record(NOON)]), shard: SHARD + 1 }
    await expect(inside(shard, NOON, (log) => log.append(request))).rejects.toThrow(
      'another number',
    )
    expect(await shard.status()).toEqual(before)
  })

  it('appends batches that arrive together one after the other', async () => {
    const requests = Array.from({ length: 20 }, (_, index) => batch([record(NOON + index)]))
    const answers = await Promise.all(requests.map((request) => shard.append(request)))
    const sequences = answers.map(({ sequence }) => sequence).sort((left, right) => left - right)
    expect(sequences).toEqual(requests.map((_, index) => index + 1))
    expect((await shard.status())?.records).toBe(20)
  })
})
