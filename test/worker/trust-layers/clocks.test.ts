/** NET-14: clocks of isolates that differ or are moved keep the bound, and cost one question. */
import { describe, expect, it } from 'vitest'
import { createStoreTime } from '../../../src/worker/trust-layers/store-time.ts'
import { newLayeredWorld } from '../support/layered-world.ts'

async function isolateWith(offset: number) {
  const world = await newLayeredWorld()
  let ahead = offset
  const clock = () => world.now() + ahead
  return {
    world,
    clock,
    isolate: world.newIsolate({ clock }),
    move: (seconds: number) => {
      ahead += seconds
    },
  }
}

describe('an isolate whose clock differs from that of the store', () => {
  it.each([-2, -1, 1, 2])('by %i s is answered by the layers', async (offset) => {
    const { world, isolate } = await isolateWith(offset)
    for (let second = 0; second < 15; second += 1) {
      expect(await isolate.load()).toBe(1)
      await isolate.settle()
      world.wait(1)
    }
    expect(world.calls.store).toBe(0)
    expect(isolate.skipped()).toEqual({})
  })

  it.each([-3600, -20, 20, 3600])('by %i s asks the store once', async (offset) => {
    const { world, isolate } = await isolateWith(offset)
    for (let second = 0; second < 30; second += 1) {
      expect(await isolate.load()).toBe(1)
      await isolate.settle()
      world.wait(1)
    }
    expect(world.calls.store).toBe(1)
    const fault = offset < 0 ? 'future' : 'stale'
    expect(isolate.skipped()).toEqual({ region: { [fault]: 1 } })
  })

  it.each([-2, 0, 2, 20, -20])('by %i s sees a change in ten seconds', async (offset) => {
    const { world, isolate } = await isolateWith(offset)
    expect(await isolate.load()).toBe(1)
    await world.apply('second')
    world.wait(10)
    expect(await isolate.load()).toBe(2)
  })
})

describe('an isolate whose clock is behind, with a pointer that looks confirmed in the future', () => {
  it('sees a change in ten seconds', async () => {
    const world = await newLayeredWorld()
    const before = await world.store.pointer()
    await world.apply('second')
    let isBefore = true
    const isolate = world.newIsolate({
      clock: () => world.now() - 3,
      dataCentre: undefined,
      region: {
        ...world.region,
        pointer: async () => (isBefore ? before : world.region.pointer()),
      },
    })
    world.wait(1)
    expect(await isolate.load()).toBe(1)
    expect(world.calls.store).toBe(0)
    isBefore = false
    world.wait(9)
    expect(await isolate.load()).toBe(2)
  })
})

describe('an isolate whose clock is moved', () => {
  it.each([-20, -3, 20])('by %i s asks the store once more', async (seconds) => {
    const { world, isolate, move } = await isolateWith(0)
    expect(await isolate.load()).toBe(1)
    world.wait(1)
    await isolate.load()
    move(seconds)
    for (let second = 0; second < 30; second += 1) {
      world.wait(1)
      expect(await isolate.load()).toBe(1)
      await isolate.settle()
    }
    expect(world.calls.store).toBe(1)
  })

  it('back is counted', async () => {
    const { isolate, move } = await isolateWith(0)
    await isolate.load()
    move(-20)
    await isolate.load()
    expect(isolate.skipped()).toEqual({
      data_centre: { set_back: 1 },
      region: { set_back: 1 },
    })
  })

  it.each([-4, -8, -12, -20])(
    'by %i s unnoticed sees a change that its reader missed',
    async (seconds) => {
      const { world, isolate, move } = await isolateWith(0)
      await isolate.load()
      world.wait(60)
      await world.regionReader.pointer()
      world.states.readerToStore = 'cut'
      await world.apply('second')
      const before = -seconds - 1
      world.wait(before)
      move(seconds)
      // The pointer of the reader looks confirmed in this moment.
      await isolate.load()
      world.wait(Math.max(10 - before, 0))
      expect(await isolate.load()).toBe(2)
    },
  )

  it('back by less than can be noticed still learns from the next pointer', async () => {
    const { world, isolate, move } = await isolateWith(0)
    await isolate.load()
    world.wait(60)
    move(-30)
    await isolate.load()
    await world.apply('second')
    world.wait(10)
    expect(await isolate.load()).toBe(2)
  })
})

it.each([
  ['the store', 1_800_000_005],
  ['a store of release 0.2.0, which does not tell its time,', undefined],
])('a clock that is set back after %s has answered is noticed', (_, toldAt) => {
  let at = 1_800_000_000
  const time = createStoreTime(() => at)
  const askedAt = at
  at += 5
  time.learn(toldAt, askedAt)
  at -= 3
  expect(time.isLost()).toBe(true)
})
