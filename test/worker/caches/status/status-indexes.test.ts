import { describe, expect, it } from 'vitest'
import type { StatusUse } from '../../../../src/core/issuance.ts'
import { Unavailable } from '../../../../src/core/ports.ts'
import type { StatusPosition } from '../../../../src/protocol/status/status-list.ts'
import {
  MAX_STATUS_POOLS,
  STATUS_LEASE_FIRST,
  STATUS_LEASE_MOST,
  STATUS_LEASE_RETRY_SECONDS,
} from '../../../../src/worker/caches/status/limits.ts'
import {
  createStatusIndexes,
  type LeaseIndexes,
} from '../../../../src/worker/caches/status/status-indexes.ts'

const USE: StatusUse = { rules: ['deploy'], issuer: 'https://issuer.test', keyId: 'key-1' }
const LEASE_SECONDS = 900

function newWorld() {
  let at = 1000
  let next = 0
  const asked: number[] = []
  const uses: StatusUse[] = []
  const state = { outcome: 'leased' as 'leased' | 'full' | 'down', wait: async () => {} }
  const lease: LeaseIndexes = async (use, count) => {
    asked.push(count)
    uses.push(use)
    await state.wait()
    if (state.outcome === 'down') throw new Unavailable('status_lists')
    if (state.outcome === 'full') return null
    const start = next
    next += count
    return { list: 'AAAA', start, count, endsAt: at + LEASE_SECONDS }
  }
  const take = createStatusIndexes(lease, () => at)
  return {
    asked,
    uses,
    state,
    take,
    wait: (seconds: number) => {
      at += seconds
    },
    /** Takes indexes one after the other. */
    async takeMany(count: number): Promise<number[]> {
      const taken: number[] = []
      for (let index = 0; index < count; index += 1) {
        const position = await take(USE)
        if (position !== undefined) taken.push(position.index)
      }
      return taken
    },
  }
}

describe('the status indexes of an isolate', () => {
  it('SL-14 are each given once, one after the other and at once', async () => {
    const world = newWorld()
    const taken = await world.takeMany(500)
    const atOnce = await Promise.all(Array.from({ length: 500 }, () => world.take(USE)))
    const all = [...taken, ...atOnce.map((position) => position?.index)]
    expect(all).toHaveLength(1000)
    expect(new Set(all).size).toBe(1000)
  })

  it('SL-15 come in a random order', async () => {
    const world = newWorld()
    const [first, second] = [await world.takeMany(16), await newWorld().takeMany(16)]
    expect(first.toSorted((a, b) => a - b)).not.toEqual(first)
    expect(first).not.toEqual(second)
  })

  it('are leased ahead: a request with an index left gets a plain value', async () => {
    const world = newWorld()
    await world.take(USE)
    for (let index = 0; index < 10; index += 1) {
      expect(world.take(USE)).toMatchObject({ list: 'AAAA' })
    }
    expect(world.asked).toEqual([STATUS_LEASE_FIRST])
  })

  it('one request waits for the next block, and the others use what is left', async () => {
    const world = newWorld()
    await world.takeMany(11)
    let release = () => {}
    world.state.wait = () =>
      new Promise((resolve) => {
        release = resolve
      })
    const waiting: unknown[] = []
    const plain: StatusPosition[] = []
    for (let index = 0; index < 5; index += 1) {
      const position = world.take(USE)
      if (position instanceof Promise) waiting.push(position)
      else if (position !== undefined) plain.push(position)
    }
    expect([waiting.length, plain.length]).toEqual([1, 4])
    release()
    await Promise.all(waiting)
    expect(world.asked).toEqual([16, 32])
  })

  it('are leased in blocks of twice the size, up to the limit', async () => {
    const world = newWorld()
    await world.takeMany(4000)
    expect(world.asked.slice(0, 7)).toEqual([16, 32, 64, 128, 256, 512, 1024])
    expect(Math.max(...world.asked)).toBe(STATUS_LEASE_MOST)
  })

  it('of a block that has ended are not used, and the next block is small', async () => {
    const world = newWorld()
    await world.takeMany(40)
    const before = world.asked.length
    world.wait(LEASE_SECONDS - 1)
    await world.take(USE)
    expect(world.asked).toHaveLength(before)
    world.wait(1)
    const [index] = await world.takeMany(1)
    expect(world.asked.slice(before)).toEqual([STATUS_LEASE_FIRST])
    expect(index).toBeGreaterThanOrEqual(world.asked.slice(0, before).reduce((a, b) => a + b))
  })

  it('are separate for each rule, issuer and key', async () => {
    const world = newWorld()
    await world.take(USE)
    await world.take({ ...USE, rules: ['deploy', 'root'] })
    await world.take({ ...USE, issuer: 'https://other.test' })
    await world.take({ ...USE, keyId: 'key-2' })
    await world.take(USE)
    expect(world.uses).toHaveLength(4)
  })

  it('none is given while the lists are full or the store is down', async () => {
    const world = newWorld()
    world.state.outcome = 'full'
    expect(await world.take(USE)).toBeUndefined()
    world.state.outcome = 'down'
    await expect(world.take(USE)).rejects.toThrow(Unavailable)
    world.state.outcome = 'leased'
    expect(await world.take(USE)).toMatchObject({ list: 'AAAA' })
  })

  it.each(['down', 'full'] as const)('that are left are given while it is %s', async (outcome) => {
    const world = newWorld()
    await world.takeMany(1)
    world.state.outcome = outcome
    expect(await world.takeMany(15)).toHaveLength(15)
  })

  it('after a failure, the store is not asked for each token', async () => {
    const world = newWorld()
    await world.takeMany(11)
    world.state.outcome = 'down'
    await world.takeMany(3)
    expect(world.asked).toEqual([16, 32])
    world.wait(STATUS_LEASE_RETRY_SECONDS)
    world.state.outcome = 'leased'
    await world.takeMany(1)
    expect(world.asked).toEqual([16, 32, 32])
  })

  it('are remembered for a bounded number of rules', async () => {
    const world = newWorld()
    await world.take(USE)
    for (let index = 0; index < MAX_STATUS_POOLS; index += 1) {
      await world.take({ ...USE, rules: [`rule-${index}`] })
    }
    const before = world.asked.length
    await world.take(USE)
    expect(world.asked).toHaveLength(before + 1)
  })
})
