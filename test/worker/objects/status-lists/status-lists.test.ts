import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { StatusUse } from '../../../../src/core/issuance.ts'
import { nameStatusList, numberOfStatusList } from '../../../../src/protocol/status/status-list.ts'
import {
  STATUS_LEASE_MOST,
  STATUS_LEASE_SECONDS,
} from '../../../../src/worker/caches/status/limits.ts'
import type { StatusLease } from '../../../../src/worker/objects/status-lists/messages.ts'
import type { StatusLists } from '../../../../src/worker/objects/status-lists/status-lists.ts'

const USE: StatusUse = { rules: ['deploy'], issuer: 'https://issuer.test', keyId: 'key-1' }
const TOKEN_SECONDS = 600
/** A lease, its longest token and the margin for clocks. */
const LIFE_SECONDS = STATUS_LEASE_SECONDS + TOKEN_SECONDS + 120
const START = Math.floor(Date.now() / 1000)

function newLists(sizes: Partial<StatusLists['sizes']> = {}) {
  const namespace = env.STATUS_LISTS
  if (namespace === undefined) throw new Error('no binding')
  const stub = namespace.getByName(crypto.randomUUID())
  let at = START
  const inside = <T>(work: (lists: StatusLists) => T | Promise<T>): Promise<T> =>
    runInDurableObject(stub, async (lists: StatusLists) => {
      lists.now = () => at
      lists.sizes = { ...lists.sizes, ...sizes }
      return await work(lists)
    })
  return {
    stub,
    inside,
    wait: (seconds: number) => {
      at += seconds
    },
    lease: (count: number, use: Partial<StatusUse> = {}) =>
      inside((lists) =>
        lists.lease({ use: { ...USE, ...use }, count, tokenSeconds: TOKEN_SECONDS }),
      ),
  }
}

const indexesOf = (lease: StatusLease | null) =>
  Array.from(
    { length: lease?.count ?? 0 },
    (_, offset) => `${lease?.list} ${(lease?.start ?? 0) + offset}`,
  )

describe('a lease of status indexes', () => {
  it('SL-14 has indexes that no other lease has, also with many at once', async () => {
    const lists = newLists({ entries: 4096 })
    const counts = Array.from({ length: 200 }, (_, index) => 1 + ((index * 37) % 64))
    const leases = await Promise.all(counts.map((count) => lists.lease(count)))
    const all = leases.flatMap(indexesOf)
    expect(all.length).toBeGreaterThan(4096)
    expect(new Set(all).size).toBe(all.length)
  })

  it('SL-14 is not repeated after a restart', async () => {
    const lists = newLists()
    const first = await lists.lease(16)
    await evictDurableObject(lists.stub)
    const second = await lists.lease(16)
    expect(second).toMatchObject({ list: first?.list, start: (first?.start ?? 0) + 16 })
  })

  it('has as many indexes as were asked for, within the limit and the list', async () => {
    const lists = newLists({ entries: 2000 })
    expect(await lists.lease(10)).toMatchObject({ start: 0, count: 10 })
    expect(await lists.lease(100_000)).toMatchObject({ start: 10, count: STATUS_LEASE_MOST })
    expect(await lists.lease(1000)).toMatchObject({ start: 1034, count: 966 })
    expect(await lists.lease(-5)).toMatchObject({ start: 0, count: 1 })
  })

  it('begins at another list in each deployment', async () => {
    const names = await Promise.all(
      Array.from({ length: 8 }, async () => (await newLists().lease(1))?.list),
    )
    expect(new Set(names).size).toBe(8)
  })

  it('goes to the next list when one is full, and to none when all are', async () => {
    const lists = newLists({ entries: 16, lists: 2 })
    const first = await lists.lease(16)
    const second = await lists.lease(16)
    const name = nameStatusList(numberOfStatusList(first?.list ?? '') + 1)
    expect(second).toMatchObject({ list: name, start: 0 })
    expect(await lists.lease(1)).toBeNull()
    expect(await lists.lease(1)).toBeNull()
    expect(await lists.inside((one) => one.names())).toEqual([first?.list, second?.list])
  })

  it('SL-14 never gets the numbers of ended lists again', async () => {
    const lists = newLists({ entries: 16, lists: 2 })
    const used = [await lists.lease(16), await lists.lease(16)].map((lease) => lease?.list)
    lists.wait(LIFE_SECONDS - 1)
    expect(await lists.lease(1)).toBeNull()
    lists.wait(1)
    const next = await lists.lease(16)
    expect(used).not.toContain(next?.list)
    expect(await lists.inside((one) => one.names())).toEqual([next?.list])
  })

  it('keeps a list until its last token has expired, and the newest one for longer', async () => {
    const lists = newLists({ entries: 16 })
    const first = (await lists.lease(16))?.list ?? ''
    const second = (await lists.lease(8))?.list ?? ''
    const read = (name: string) => lists.inside((one) => one.revokedRanges(name, []))
    lists.wait(LIFE_SECONDS - 1)
    expect([await read(first), await read(second)]).toEqual([[], []])
    lists.wait(1)
    expect([await read(first), await read(second)]).toEqual([null, []])
    expect(await lists.lease(8)).toMatchObject({ list: second, start: 8 })
  })

  it('is not ended earlier by a clock that was set back', async () => {
    const lists = newLists({ entries: 16 + STATUS_LEASE_MOST })
    const list = (await lists.lease(16))?.list ?? ''
    lists.wait(-3600)
    await lists.lease(STATUS_LEASE_MOST)
    lists.wait(3600 + LIFE_SECONDS - 1)
    // The lease after it begins another list.
    await lists.lease(16)
    expect(await lists.inside((one) => one.revokedRanges(list, []))).toEqual([])
  })
})

describe('a coarse revocation', () => {
  async function newLeases() {
    const lists = newLists()
    const list = (await lists.lease(4))?.list ?? ''
    await lists.lease(3, { rules: ['narrow', 'deploy'] })
    await lists.lease(2, { rules: ['deploy-more'], keyId: 'key-2' })
    await lists.lease(1, { rules: ['other'], issuer: 'https://other.test' })
    const revoke = (grain: string, id: string, before = START + 1) =>
      lists.inside((one) => one.revokedRanges(list, [{ grain, id, before }]))
    return { lists, revoke }
  }
  const [A, B, C, D] = [
    { start: 0, count: 4 },
    { start: 4, count: 3 },
    { start: 7, count: 2 },
    { start: 9, count: 1 },
  ]

  it.each([
    ['rule', 'deploy', [A, B]],
    ['rule', 'narrow', [B]],
    ['rule', 'deploy-more', [C]],
    ['rule', 'depl', []],
    ['issuer', 'https://issuer.test', [A, B, C]],
    ['issuer', 'https://other.test', [D]],
    ['key', 'key-2', [C]],
    ['all', '*', [A, B, C, D]],
  ])('REV-03 of %s %s covers its blocks', async (grain, id, expected) => {
    const { revoke } = await newLeases()
    expect(await revoke(grain, id)).toEqual(expected)
  })

  it('covers blocks that were leased before it, and 30 seconds for clocks', async () => {
    const { revoke } = await newLeases()
    expect(await revoke('all', '*', START - 29)).toHaveLength(4)
    expect(await revoke('all', '*', START - 30)).toEqual([])
  })

  it('REV-02 of a grain that only a newer release knows makes the list unavailable', async () => {
    const { revoke } = await newLeases()
    await expect(revoke('tenant', 'acme')).rejects.toThrow('unknown grain')
  })

  it('is none of a list that does not exist', async () => {
    const { lists } = await newLeases()
    for (const name of ['', 'AAA', 'zzzz', '../..', 'AAAAA']) {
      expect(await lists.inside((one) => one.revokedRanges(name, []))).toBeNull()
    }
  })
})
