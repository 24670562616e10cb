/** Isolates get the trust snapshot from the nearest layer that has it. */
import { describe, expect, it } from 'vitest'
import { Unavailable } from '../../../src/core/ports.ts'
import { MAX_STALE, newLayeredWorld } from '../support/layered-world.ts'

describe('an isolate with layers in front of the trust store', () => {
  it('asks the reader of its region, and the store answers the reader only', async () => {
    const world = await newLayeredWorld()
    const { calls } = world
    expect(await world.newIsolate().load()).toBe(1)
    expect(calls).toMatchObject({ store: 0, pointers: 1, region: 1 })
  })

  it('shares the answer with the isolates of its data centre', async () => {
    const world = await newLayeredWorld()
    const first = world.newIsolate()
    await first.load()
    const asked = { ...world.calls }
    for (let index = 0; index < 5; index += 1) expect(await world.newIsolate().load()).toBe(1)
    expect(world.calls).toEqual(asked)
    expect(first.skipped()).toEqual({})
  })

  it('asks the region again after a second', async () => {
    const world = await newLayeredWorld()
    await world.newIsolate().load()
    await world.newIsolate().load()
    expect(world.calls).toMatchObject({ region: 1 })
    world.wait(1)
    await world.newIsolate().load()
    expect(world.calls).toMatchObject({ region: 2 })
  })

  it('costs one load of the store for 32 first requests at once', async () => {
    const world = await newLayeredWorld()
    const isolates = Array.from({ length: 32 }, () => world.newIsolate())
    const revisions = await Promise.all(isolates.map(({ load }) => load()))
    expect(revisions).toEqual(Array.from({ length: 32 }, () => 1))
    expect(world.calls).toMatchObject({ store: 0, pointers: 1, keys: 1, contents: 1 })
  })

  it('gets the compiled form, or the document if no layer has the form', async () => {
    const world = await newLayeredWorld()
    const { form } = await world.store.pointer()
    const asked: string[] = []
    const content = async (digest: string) => {
      asked.push(digest)
      return digest === form?.digest ? null : world.region.content(digest)
    }
    const isolate = world.newIsolate({
      dataCentre: undefined,
      kv: { get: async () => null } as unknown as Pick<KVNamespace, 'get'>,
      region: { ...world.region, content },
    })
    const { document } = await isolate.loadView()
    expect(document?.issuers.size).toBe(1)
    expect(asked).toEqual([form?.digest, (await world.store.pointer()).document])
    expect(isolate.reader.refusedForms()).toEqual({})
  })

  it('gets only what is new, without a call for content if nothing changed', async () => {
    const world = await newLayeredWorld()
    const isolate = world.newIsolate()
    const before = await isolate.loadView()
    const { keys, contents } = world.calls
    world.wait(10)
    const after = await isolate.loadView()
    expect(after.document).toBe(before.document)
    expect(world.calls).toMatchObject({ keys, contents, store: 0 })
  })

  it('gets the keys that changed, and shares them with its data centre', async () => {
    const world = await newLayeredWorld()
    const isolates = [world.newIsolate(), world.newIsolate()]
    for (const isolate of isolates) await isolate.load()
    await world.store.refreshKeys(world.url)
    world.wait(10)
    const { keys } = world.calls
    for (const { loadView } of isolates) {
      expect((await loadView()).keys.get(world.url)?.keys).toHaveLength(2)
    }
    // The reader asks for the keys once, for itself and for its isolates.
    expect(world.calls).toMatchObject({ keys: keys + 1, store: 0 })
  })

  it('sees a change that was stored through it at once', async () => {
    const world = await newLayeredWorld()
    const isolate = world.newIsolate()
    await isolate.load()
    await world.apply('second')
    expect(await isolate.load()).toBe(1)
    isolate.reader.expect(2)
    expect(await isolate.load()).toBe(2)
    // The data centre still has the pointer to the revision before.
    expect(isolate.skipped()).toMatchObject({ data_centre: { behind: 1 }, region: { behind: 1 } })
    expect(await isolate.load()).toBe(2)
    expect(world.calls.store).toBe(1)
  })

  it('never goes back to an older revision', async () => {
    const world = await newLayeredWorld()
    const isolate = world.newIsolate()
    await isolate.load()
    await world.apply('second')
    isolate.reader.expect(2)
    await isolate.load()
    world.states.region = 'frozen'
    for (let second = 0; second < 12; second += 1) {
      world.wait(1)
      expect(await isolate.load()).toBe(2)
      await isolate.settle()
    }
  })

  it('believes the store if that was restored to an older revision', async () => {
    const world = await newLayeredWorld()
    const isolate = world.newIsolate()
    isolate.reader.expect(7)
    expect(await isolate.load()).toBe(1)
    const { store } = world.calls
    expect(await isolate.load()).toBe(1)
    expect(world.calls.store).toBe(store)
  })
})

describe('an isolate while the trust store is down', () => {
  it('uses its snapshot for the usual time', async () => {
    const world = await newLayeredWorld()
    const isolate = world.newIsolate()
    await isolate.load()
    world.states.store = 'cut'
    world.states.readerToStore = 'cut'
    // The clocks may differ by two seconds.
    world.wait(MAX_STALE - 2)
    expect(await isolate.load()).toBe(1)
    world.wait(2)
    await expect(isolate.load()).rejects.toBeInstanceOf(Unavailable)
  })

  it('starts with the copy of the region, for as long as a snapshot would be used', async () => {
    const world = await newLayeredWorld()
    await world.newIsolate().load()
    world.states.store = 'cut'
    world.states.readerToStore = 'cut'
    world.wait(MAX_STALE - 2)
    const isolate = world.newIsolate()
    await expect(isolate.load()).resolves.toBe(1)
    expect(isolate.skipped()).toMatchObject({ region: { stale: 1 } })
    world.wait(2)
    await expect(isolate.load()).rejects.toBeInstanceOf(Unavailable)
    await expect(world.newIsolate().load()).rejects.toBeInstanceOf(Unavailable)
  })

  it('recovers by itself', async () => {
    const world = await newLayeredWorld()
    await world.newIsolate().load()
    world.states.store = 'cut'
    world.states.readerToStore = 'cut'
    world.wait(60)
    const isolate = world.newIsolate()
    await expect(isolate.load()).resolves.toBe(1)
    world.states.store = 'up'
    world.states.readerToStore = 'up'
    await world.apply('second')
    world.wait(2)
    expect(await isolate.load()).toBe(2)
  })
})
