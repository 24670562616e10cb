/** What isolates of a data centre share, in the cache of the platform. */
import { describe, expect, it, vi } from 'vitest'
import { MAX_DOCUMENT_BYTES } from '../../../../src/core/limits.ts'
import {
  createDataCentre,
  type EntryCache,
} from '../../../../src/worker/trust-layers/layer/data-centre.ts'
import { LayerError } from '../../../../src/worker/trust-layers/layer/layer.ts'
import { createSeal } from '../../../../src/worker/trust-layers/layer/seal.ts'
import { lengthenTimers } from '../../support/deadlines.ts'
import { newEntryCache } from '../../support/entry-cache.ts'
import { ISSUER, newLayeredWorld } from '../../support/layered-world.ts'

async function newSeal() {
  const seal = await createSeal([crypto.randomUUID()], ISSUER)
  if (seal === undefined) throw new Error('there is a signing key')
  return seal
}

/** Of an event that does happen, on a busy machine. */
const LONG = { timeout: 30_000, interval: 5 }

const POINTER = {
  v: 1,
  confirmedAt: 1_800_000_000,
  revision: 1,
  document: null,
  keyEpoch: 1,
  instance: 'one',
} as const

describe('the cache of a data centre', () => {
  it('has the entries of the platform', async () => {
    const seal = await newSeal()
    const one = createDataCentre({ seal })
    const other = createDataCentre({ seal })
    expect(await other.pointer()).toBeUndefined()
    // On a busy machine, the entry can end before it is read.
    const kept = async () => one.keepPointer(POINTER).then(other.pointer)
    await expect.poll(kept, LONG).toEqual(POINTER)
    const digest = `sha256:${'a'.repeat(64)}`
    await one.keepContent(digest, new Uint8Array([1, 2]))
    expect(await other.content(digest)).toEqual(new Uint8Array([1, 2]))
    // The platform deletes the pointer after a second.
    await expect.poll(() => other.pointer(), LONG).toBeUndefined()
    expect(await other.content(digest)).toEqual(new Uint8Array([1, 2]))
  })

  it('has a life for each kind of entry', async () => {
    const lives: string[] = []
    const cache: EntryCache = {
      match: async () => undefined,
      put: async (_, entry) => {
        lives.push(entry.headers.get('cache-control') ?? '')
      },
    }
    const centre = createDataCentre({ seal: await newSeal(), open: async () => cache })
    await centre.keepPointer(POINTER)
    await centre.claim('x')
    const name = { known: 1, latest: 2, instance: 'one' }
    await centre.keepKeys(name, { ...{ instance: 'one', keyEpoch: 2 }, issuers: [], removed: [] })
    await centre.keepRevocations({})
    await centre.keepRevoked('x')
    await centre.keepKeyAnswer('x', { quietSeconds: 30 })
    expect(lives).toEqual([1, 1, 60, 2, 600, 1].map((seconds) => `max-age=${seconds}`))
  })

  it('WRK-11 EXC-15 reads no entry that is larger than one of this deployment', async () => {
    const read: number[] = []
    const piece = new Uint8Array(1024 * 1024)
    const body = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          read.push(piece.byteLength)
          controller.enqueue(piece)
        },
      })
    const cache: EntryCache = {
      match: async () => new Response(body()),
      put: async () => undefined,
    }
    const centre = createDataCentre({ seal: await newSeal(), open: async () => cache })
    const ask = [
      () => centre.pointer(),
      () => centre.keysAfter({ known: 1, latest: 2, instance: 'one' }),
      () => centre.content(`sha256:${'a'.repeat(64)}`),
    ]
    for (const call of ask) await expect(call()).rejects.toMatchObject({ fault: 'forged' })
    const sum = read.reduce((total, next) => total + next, 0)
    expect(sum).toBeLessThan(MAX_DOCUMENT_BYTES + 32 * 1024 * 1024)
  })
})

describe('isolates of a data centre that miss the same thing', () => {
  it('wait for the one that loads it', async () => {
    const world = await newLayeredWorld()
    lengthenTimers()
    let asked = 0
    const looks = vi.spyOn(world.dataCentre, 'content')
    const region = {
      ...world.region,
      content: async (digest: string) => {
        asked += 1
        const before = looks.mock.calls.length
        // The others look for it meanwhile.
        await expect.poll(() => looks.mock.calls.length, LONG).toBeGreaterThan(before)
        return world.region.content(digest)
      },
    }
    let next = 0
    const isolates = Array.from({ length: 8 }, () => {
      next += 1
      const own = next / 10
      return world.newIsolate({ region, random: () => own })
    })
    const revisions = await Promise.all(isolates.map(({ load }) => load()))
    expect(revisions).toEqual(isolates.map(() => 1))
    expect(asked).toBe(1)
    for (const { skipped } of isolates) expect(skipped()).toEqual({})
  })

  it('load it themselves if the one that claimed it was cancelled', async () => {
    const world = await newLayeredWorld()
    const form = await world.form()
    expect(await world.dataCentre.claim(`content/${form.slice('sha256:'.length)}`)).toBe(true)
    expect(await world.newIsolate().load()).toBe(1)
    expect(world.calls).toMatchObject({ store: 0, contents: 1 })
  })

  it('claim again after a second', async () => {
    let at = 1_800_000_000
    const { cache } = newEntryCache(() => at)
    const centre = createDataCentre({ seal: await newSeal(), open: async () => cache })
    expect(await centre.claim('x')).toBe(true)
    expect(await centre.claim('x')).toBe(false)
    expect(await centre.claim('y')).toBe(true)
    at += 1
    expect(await centre.claim('x')).toBe(true)
  })

  it('claim each slot of time for revocations once, also with clocks four seconds apart', async () => {
    let at = 1_800_000_000
    const { cache } = newEntryCache(() => at)
    const centre = createDataCentre({ seal: await newSeal(), open: async () => cache })
    expect(await centre.claimRevocations(7)).toBe(true)
    expect(await centre.claimRevocations(8)).toBe(true)
    at += 4
    expect(await centre.claimRevocations(7)).toBe(false)
    expect(await centre.claimRevocations(9)).toBe(true)
  })
})

describe('a revoked token', () => {
  it('is kept by its whole jti, sealed, and no other entry passes for it', async () => {
    const { cache, names } = newEntryCache(() => 1_800_000_000)
    const open = async () => cache
    const centre = createDataCentre({ seal: await newSeal(), open })
    const jti = 'dec 1/../é?#'
    expect(await centre.isRevoked(jti)).toBe(false)
    await centre.keepRevoked(jti)
    expect(await centre.isRevoked(jti)).toBe(true)
    expect(await centre.isRevoked('dec 1/../é?')).toBe(false)
    const [name = ''] = names()
    await cache.put(name, new Response('true', { headers: { 'cache-control': 'max-age=60' } }))
    await expect(centre.isRevoked(jti)).rejects.toThrow(new LayerError('forged'))
  })
})

describe('an outage of the store', () => {
  it('is found out once a second in a data centre', async () => {
    const world = await newLayeredWorld()
    await world.newIsolate().load()
    world.states.store = 'cut'
    world.states.readerToStore = 'cut'
    world.wait(60)
    const first = world.newIsolate()
    expect(await first.load()).toBe(1)
    expect(first.skipped()).toEqual({ region: { stale: 1 } })
    const { store, region } = world.calls
    for (let index = 0; index < 5; index += 1) {
      const isolate = world.newIsolate()
      expect(await isolate.load()).toBe(1)
      expect(isolate.skipped()).toEqual({ data_centre: { stale: 1 } })
    }
    expect(world.calls).toMatchObject({ store, region })
    world.wait(1)
    expect(await world.newIsolate().load()).toBe(1)
    expect(world.calls).toMatchObject({ store: store + 1, region: region + 1 })
  })

  it('ends for all isolates a second after the store is back', async () => {
    const world = await newLayeredWorld()
    await world.newIsolate().load()
    world.states.store = 'cut'
    world.states.readerToStore = 'cut'
    world.wait(60)
    expect(await world.newIsolate().load()).toBe(1)
    await world.apply('second')
    world.states.store = 'up'
    world.states.readerToStore = 'up'
    world.wait(2)
    expect(await world.newIsolate().load()).toBe(2)
  })

  it('WRK-11 is not believed if somebody else says so', async () => {
    const world = await newLayeredWorld()
    await world.newIsolate().load()
    const pointer = { ...(await world.store.pointer()), unconfirmed: true as const }
    await world.apply('second')
    world.wait(7)
    const forged = await createSeal(['other'], ISSUER)
    const text = (await forged?.close('pointer', JSON.stringify(pointer))) ?? ''
    const address = `https://trust.edgemint.internal/${world.seal.tag}/pointer`
    const headers = { 'cache-control': 'max-age=1' }
    await world.entries.cache.put(address, new Response(text, { headers }))
    const isolate = world.newIsolate()
    expect(await isolate.load()).toBe(2)
    expect(isolate.skipped()).toEqual({ data_centre: { forged: 1 } })
  })
})
