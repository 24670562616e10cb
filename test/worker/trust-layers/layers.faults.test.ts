/** Every change takes effect within ten seconds, whatever layer is dead, slow, old or wrong. */
import { describe, expect, it } from 'vitest'
import { STORE_TIMEOUT_MILLISECONDS } from '../../../src/core/limits.ts'
import { TRUST_LAST_LAYER_TIMEOUT_MILLISECONDS } from '../../../src/worker/trust-layers/limits.ts'
import { endDeadlinesOfHanging, shortenDeadlines } from '../support/deadlines.ts'
import { type LayeredWorld, newLayeredWorld, type State } from '../support/layered-world.ts'

type Faults = Partial<LayeredWorld['states']>

const ROWS: readonly (readonly [string, Faults])[] = [
  ['no layer fails', {}],
  ['the data centre is dead', { dataCentre: 'cut' }],
  ['the data centre is slow', { dataCentre: 'hanging' }],
  ['the region is dead', { region: 'cut' }],
  ['the region is slow', { region: 'hanging' }],
  ['the region repeats an old pointer', { region: 'frozen' }],
  ['the region cannot reach the store', { readerToStore: 'cut' }],
  ['the region waits for the store', { readerToStore: 'hanging' }],
  ['KV is dead', { kv: 'cut' }],
  ['KV is slow', { kv: 'hanging' }],
  ['KV and the data centre are dead', { kv: 'cut', dataCentre: 'cut' }],
  ['all layers are dead', { dataCentre: 'cut', region: 'cut', kv: 'cut' }],
]

/** The store answers in each of these tests, perhaps late on a busy machine. */
const OF_THE_STORE = [STORE_TIMEOUT_MILLISECONDS, TRUST_LAST_LAYER_TIMEOUT_MILLISECONDS]

describe('a change of the trust document', () => {
  it.each(ROWS)('reaches every isolate in 10 s if %s', async (_, faults) => {
    const world = await newLayeredWorld()
    const isolates = [world.newIsolate(), world.newIsolate(), world.newIsolate()]
    for (const isolate of isolates) {
      expect(await isolate.load()).toBe(1)
      world.wait(1)
    }
    shortenDeadlines(OF_THE_STORE)
    Object.assign(world.states, faults)
    await world.apply('second')
    for (let second = 0; second < 10; second += 1) {
      world.wait(1)
      for (const isolate of isolates) await isolate.load()
      // Work behind a request may have been cancelled with it.
      if (second % 2 === 0) for (const isolate of isolates) await isolate.settle()
    }
    for (const isolate of isolates) expect(await isolate.load()).toBe(2)
  })

  it('reaches an isolate in 10 s if its work behind requests is always cancelled', async () => {
    const world = await newLayeredWorld()
    const isolate = world.newIsolate()
    await isolate.load()
    await world.apply('second')
    world.wait(9)
    const stuck = world.newIsolate({
      region: { ...world.region, pointer: () => new Promise(() => {}) },
    })
    expect(await stuck.load()).toBe(2)
    world.wait(1)
    expect(await isolate.load()).toBe(2)
  })
})

describe('a reader that fails', () => {
  it('is replaced by another one at once, if there is one', async () => {
    const world = await newLayeredWorld()
    let isOther = false
    const region = {
      ...world.region,
      pointer: async () => {
        if (!isOther) throw new Error('the reader is down')
        return world.region.pointer()
      },
      useOther: () => {
        isOther = true
        return true
      },
    }
    const isolate = world.newIsolate({ region })
    expect(await isolate.load()).toBe(1)
    expect(world.calls.store).toBe(1)
    world.wait(10)
    expect(await isolate.load()).toBe(1)
    expect(world.calls).toMatchObject({ store: 1, region: 1 })
    expect(isolate.skipped()).toEqual({ region: { unreachable: 1 } })
  })
})

describe('layers that are slow together', () => {
  it('are left for the store after a second and a half', async () => {
    const world = await newLayeredWorld()
    const waits = shortenDeadlines(OF_THE_STORE)
    const slow = async <T>(answer: Promise<T>) => {
      await new Promise((resolve) => setTimeout(resolve, 900))
      return answer
    }
    const isolate = world.newIsolate({
      dataCentre: undefined,
      kv: { get: () => slow(Promise.resolve(null)) } as unknown as Pick<KVNamespace, 'get'>,
      region: { ...world.region, content: (digest) => slow(world.region.content(digest)) },
    })
    expect(await isolate.load()).toBe(1)
    expect(world.calls.store).toBe(1)
    expect(Math.max(...waits.asked)).toBeLessThanOrEqual(5000)
  })
})

describe('a layer that fails', () => {
  it.each([
    ['cut', { data_centre: { unreachable: 1 } }, { dataCentre: 'cut' }],
    ['hanging', { data_centre: { unreachable: 1 } }, { dataCentre: 'hanging' }],
    ['cut', { region: { unreachable: 1 } }, { region: 'cut' }],
    ['hanging', { region: { unreachable: 1 } }, { region: 'hanging' }],
  ] satisfies [State, unknown, Faults][])(
    'is left out for 5 s and counted: %s, %j',
    async (_, counted, faults) => {
      const world = await newLayeredWorld()
      // A layer that answers is never too slow, however busy the machine is.
      Object.assign(world.events, endDeadlinesOfHanging())
      Object.assign(world.states, faults)
      const isolate = world.newIsolate()
      expect(await isolate.load()).toBe(1)
      expect(isolate.skipped()).toEqual(counted)
      isolate.reader.expect(1)
      world.wait(4)
      expect(await isolate.load()).toBe(1)
      expect(isolate.skipped()).toEqual(counted)
    },
  )

  it('is asked again after 5 s', async () => {
    const world = await newLayeredWorld()
    endDeadlinesOfHanging()
    world.states.region = 'cut'
    const isolate = world.newIsolate()
    await isolate.load()
    world.states.region = 'up'
    world.wait(10)
    const { store } = world.calls
    await isolate.load()
    expect(world.calls.store).toBe(store)
    expect(isolate.skipped()).toEqual({ region: { unreachable: 1 } })
  })

  it('NET-14 is asked again after the clock was set back', async () => {
    const world = await newLayeredWorld()
    endDeadlinesOfHanging()
    world.states.region = 'cut'
    const isolate = world.newIsolate()
    await isolate.load()
    world.states.region = 'up'
    world.wait(-3600)
    const { store } = world.calls
    expect(await isolate.load()).toBe(1)
    // The store tells the time once.
    expect(world.calls.store).toBe(store + 1)
    world.wait(10)
    expect(await isolate.load()).toBe(1)
    expect(world.calls.store).toBe(store + 1)
  })
})
