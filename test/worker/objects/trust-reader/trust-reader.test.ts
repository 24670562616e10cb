/** The reader of a region asks the trust store for all isolates that ask it. */
import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { shortenDeadlines } from '../../support/deadlines.ts'
import { newLayeredWorld } from '../../support/layered-world.ts'

describe('the trust reader of a region', () => {
  it('asks the store only while it is asked, and at most once a second', async () => {
    const { regionReader, calls, wait } = await newLayeredWorld()
    await regionReader.pointer()
    await regionReader.pointer()
    expect(calls.pointers).toBe(1)
    wait(3600)
    expect(calls.pointers).toBe(1)
    await regionReader.pointer()
    expect(calls.pointers).toBe(2)
  })

  it('asks the store once for many simultaneous questions', async () => {
    const { regionReader, calls, store } = await newLayeredWorld()
    const { document, keyEpoch, instance } = await store.pointer()
    const ask = async () => {
      await regionReader.pointer()
      await regionReader.keysAfter(-1, keyEpoch, instance)
      return regionReader.content(document ?? '')
    }
    const contents = await Promise.all(Array.from({ length: 32 }, ask))
    expect(new Set(contents.map((bytes) => bytes?.byteLength)).size).toBe(1)
    expect(calls).toMatchObject({ pointers: 1, keys: 1, contents: 1 })
  })

  it('names the time of the store, not its own', async () => {
    const { regionReader, now, wait } = await newLayeredWorld()
    const at = now()
    await regionReader.pointer()
    wait(1)
    expect(await regionReader.pointer()).toMatchObject({ confirmedAt: at })
  })

  it('repeats its last pointer while the store is down, and asks every second', async () => {
    const world = await newLayeredWorld()
    const { regionReader, calls, states } = world
    const at = world.now()
    await regionReader.pointer()
    states.readerToStore = 'cut'
    for (let second = 1; second <= 6; second += 1) {
      world.wait(1)
      const { confirmedAt, now = 0 } = await regionReader.pointer()
      expect(confirmedAt).toBe(at)
      // It tells what time it is, so that the pointer looks old for a clock that was set back.
      expect(now - confirmedAt).toBe(second - 1)
    }
    expect(calls.pointers).toBe(7)
    states.readerToStore = 'up'
    world.wait(2)
    const { confirmedAt, now } = await regionReader.pointer()
    expect([confirmedAt, now]).toEqual([world.now(), world.now()])
  })

  it('answers with what it has if the store is slow', async () => {
    const world = await newLayeredWorld()
    const { regionReader, calls, states } = world
    const at = world.now()
    await regionReader.pointer()
    const waits = shortenDeadlines()
    states.readerToStore = 'hanging'
    world.wait(2)
    const answers = await Promise.all([1, 2, 3].map(() => regionReader.pointer()))
    expect(answers.map(({ confirmedAt }) => confirmedAt)).toEqual([at, at, at])
    expect(Math.max(...waits.asked)).toBeLessThanOrEqual(5000)
    expect(calls.pointers).toBe(2)
  })

  it('does not wait for an answer that was lost', async () => {
    const world = await newLayeredWorld()
    const { regionReader, states } = world
    await regionReader.pointer()
    states.readerToStore = 'hanging'
    world.wait(10)
    void regionReader.pointer()
    states.readerToStore = 'up'
    world.wait(1)
    expect(await regionReader.pointer()).toMatchObject({ confirmedAt: world.now() })
  })

  it('uses a pointer for a second more while it asks for a new one', async () => {
    const world = await newLayeredWorld()
    const { regionReader, calls, states } = world
    const at = world.now()
    await regionReader.pointer()
    states.readerToStore = 'hanging'
    world.wait(1)
    expect(await regionReader.pointer()).toMatchObject({ confirmedAt: at })
    expect(calls.pointers).toBe(2)
  })

  it('has the keys for isolates that start while the store is down', async () => {
    const world = await newLayeredWorld()
    const { regionReader, store, states, url } = world
    await store.refreshKeys(url)
    const { keyEpoch, instance } = await regionReader.pointer()
    // It asks for them by itself.
    await expect.poll(() => world.calls.keys, { timeout: 30_000 }).toBe(1)
    states.readerToStore = 'cut'
    const keys = await regionReader.keysAfter(-1, keyEpoch, instance)
    expect(keys?.issuers).toMatchObject([{ url, keys: expect.any(Array) }])
  })

  it('NET-14 asks again after its clock was set back', async () => {
    const { regionReader, calls, wait } = await newLayeredWorld()
    await regionReader.pointer()
    wait(-3600)
    await regionReader.pointer()
    expect(calls.pointers).toBe(2)
  })

  it('gives the keys of the store for an epoch, and asks for them once', async () => {
    const { regionReader, store, url, calls } = await newLayeredWorld()
    const before = await store.pointer()
    await store.refreshKeys(url)
    const { keyEpoch, instance } = await store.pointer()
    for (let index = 0; index < 3; index += 1) {
      const keys = await regionReader.keysAfter(before.keyEpoch, keyEpoch, instance)
      expect(keys).toMatchObject({ keyEpoch })
    }
    // Once for itself, because it knows nothing yet, and once for the epoch.
    expect(calls.keys).toBe(2)
  })

  it('keeps no content that does not have its digest, and asks for it again', async () => {
    const { regionReader, calls } = await newLayeredWorld()
    const unknown = `sha256:${'0'.repeat(64)}`
    expect(await regionReader.content(unknown)).toBeNull()
    expect(await regionReader.content(unknown)).toBeNull()
    expect(calls.contents).toBe(2)
  })

  it('keeps a bounded number of documents', async () => {
    const world = await newLayeredWorld()
    const { regionReader, store, calls } = world
    const digests: string[] = []
    for (let index = 0; index < 3; index += 1) {
      digests.push((await store.pointer()).document ?? '')
      await regionReader.content(digests[index] ?? '')
      await world.apply(`rule-${index}`)
    }
    expect(calls.contents).toBe(3)
    await regionReader.content(digests[2] ?? '')
    expect(calls.contents).toBe(3)
    await regionReader.content(digests[0] ?? '')
    expect(calls.contents).toBe(4)
  })

  it('stores nothing and sets no alarm', async () => {
    const { regionReader } = await newLayeredWorld()
    const { document, keyEpoch, instance } = await regionReader.pointer()
    await regionReader.keysAfter(-1, keyEpoch, instance)
    await regionReader.content(document ?? '')
    await runInDurableObject(regionReader, async (_, { storage }) => {
      expect(await storage.list()).toEqual(new Map())
      expect(await storage.getAlarm()).toBeNull()
    })
  })
})
