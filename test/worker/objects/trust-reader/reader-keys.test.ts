/**
 * What the reader of a region tells isolates about keys that changed. Isolates have many different
 * epochs, so that a question to the store for each of them would be many.
 */
import { describe, expect, it, vi } from 'vitest'
import type { PublicKey } from '../../../../src/core/keys/issuer-keys.ts'
import { wait } from '../../../../src/web/deadline.ts'
import { createReader } from '../../../../src/worker/objects/trust-reader/reader.ts'
import { applyKeys, NO_KEYS } from '../../../../src/worker/trust-layers/apply-keys.ts'
import {
  TRUST_READER_KEY_STATES,
  TRUST_READER_POLL_SECONDS,
} from '../../../../src/worker/trust-layers/limits.ts'
import type { KeyDelta } from '../../../../src/worker/trust-layers/trust-messages.ts'

type Row = { readonly version: number; readonly epoch: number; readonly keysEpoch: number }

const keysOf = (version: number): readonly PublicKey[] => [
  { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: `key-${version}`, alg: 'ES256' },
]

function newWorld() {
  const rows = new Map<string, Row>()
  let keyEpoch = 0
  let removedAt = 0
  let instance = 'first'
  let questions = 0
  let answered = Promise.resolve()
  let at = 1_800_000_000

  function keysAfter(known: number, from?: string): KeyDelta {
    const epoch = from === instance ? known : -1
    const issuers = [...rows].flatMap(([url, row]) => {
      if (row.epoch <= epoch) return []
      const times = { url, version: row.version, fetchedAt: row.epoch }
      return { ...times, ...(row.keysEpoch > epoch ? { keys: keysOf(row.version) } : {}) }
    })
    const present = epoch >= 0 && epoch < removedAt ? { present: [...rows.keys()] } : {}
    return { instance, keyEpoch, issuers, removed: [], ...present }
  }

  const reader = createReader({
    clock: () => at,
    store: () => ({
      pointer: async () => Promise.reject(new Error('nobody asks')),
      keysAfter: async (known, from) => {
        questions += 1
        const answer = keysAfter(known, from)
        await answered
        return answer
      },
      content: async () => null,
      refreshKeys: async () => null,
    }),
  })
  return {
    keysAfter,
    fetched(url: string, isChanged = true) {
      const { version = 0, keysEpoch = 0 } = rows.get(url) ?? {}
      keyEpoch += 1
      const changed = isChanged ? { version: version + 1, keysEpoch: keyEpoch } : {}
      rows.set(url, { version, keysEpoch, epoch: keyEpoch, ...changed })
    },
    remove(url: string) {
      rows.delete(url)
      keyEpoch += 1
      removedAt = keyEpoch
    },
    /** The store does not answer until the returned function is called. */
    hang() {
      const { promise, resolve } = Promise.withResolvers<void>()
      answered = promise
      return resolve
    },
    /** The store answers new questions. */
    restore() {
      answered = Promise.resolve()
    },
    wait: (seconds: number) => {
      at += seconds
    },
    restart: () => {
      instance = 'second'
    },
    epoch: () => keyEpoch,
    questions: () => questions,
    /** An isolate that has asked the store itself. */
    newIsolate: () => applyKeys(NO_KEYS, keysAfter(-1)),
    ask: (known: number, latest = keyEpoch) => reader.keysAfter(known, latest, instance),
  }
}

describe('the reader of a region', () => {
  it('tells isolates of any epoch what changed, and asks the store once about each change', async () => {
    const world = newWorld()
    for (const url of ['a', 'b', 'c']) world.fetched(url)
    await world.ask(-1)
    const isolates = [world.newIsolate()]
    for (const [url, isChanged] of [['a'], ['b', false], ['d'], ['a'], ['c', false]] as const) {
      world.fetched(url, isChanged)
      isolates.push(world.newIsolate())
      // The reader misses some of the epochs.
      if (url !== 'b') await world.ask(-1)
    }
    world.fetched('b')
    const asked = world.questions()
    for (const isolate of isolates) {
      const told = await world.ask(isolate.keyEpoch)
      expect(told && applyKeys(isolate, told)).toEqual(world.newIsolate())
    }
    expect(world.questions()).toBe(asked + 1)
  })

  it('does not make isolates wait for a change that they do not ask for', async () => {
    const world = newWorld()
    world.fetched('a')
    await world.ask(-1)
    const latest = world.epoch()
    world.fetched('b')
    const answer = world.hang()
    const other = world.ask(-1)
    await vi.waitFor(() => expect(world.questions()).toBe(2), { timeout: 30_000 })
    const told = world.ask(-1, latest)
    answer()
    expect((await told)?.issuers.map(({ url }) => url)).toEqual(['a'])
    expect((await other)?.issuers).toHaveLength(2)
  })

  it('asks again if an answer is lost, and ignores it if it arrives late', async () => {
    const world = newWorld()
    world.fetched('a')
    await world.ask(-1)
    world.fetched('a')
    const late = world.hang()
    const lost = world.ask(-1)
    await vi.waitFor(() => expect(world.questions()).toBe(2), { timeout: 30_000 })
    world.restore()
    world.wait(TRUST_READER_POLL_SECONDS)
    const latest = world.epoch()
    const isolate = world.newIsolate()
    world.fetched('b')
    expect((await world.ask(latest - 1))?.issuers.map(({ url }) => url)).toEqual(['a', 'b'])
    const asked = world.questions()
    const told = await world.ask(isolate.keyEpoch)
    expect(told && applyKeys(isolate, told)).toEqual(world.newIsolate())
    late()
    await lost
    await wait(0)
    expect((await world.ask(-1))?.issuers.map(({ url }) => url)).toEqual(['a', 'b'])
    expect(world.questions()).toBe(asked)
  })

  it('sends no keys that an isolate has', async () => {
    const world = newWorld()
    for (const url of ['a', 'b']) world.fetched(url)
    await world.ask(-1)
    const { keyEpoch } = world.newIsolate()
    world.fetched('a', false)
    expect((await world.ask(keyEpoch))?.issuers).toEqual([
      { url: 'a', version: 1, fetchedAt: world.epoch() },
    ])
  })

  it('lets the store answer isolates that may have a removed issuer', async () => {
    const world = newWorld()
    world.fetched('a')
    await world.ask(-1)
    // The reader never hears of this one.
    world.fetched('gone')
    const isolate = world.newIsolate()
    world.remove('gone')
    for (const url of ['a', 'b']) {
      const told = await world.ask(isolate.keyEpoch)
      expect(told && [...applyKeys(isolate, told).keys.keys()]).not.toContain('gone')
      world.fetched(url)
    }
  })

  it('uses nothing that it knew of another instance of the store', async () => {
    const world = newWorld()
    world.fetched('a')
    await world.ask(-1)
    const { keyEpoch } = world.newIsolate()
    world.restart()
    world.fetched('a')
    expect(await world.ask(keyEpoch)).toEqual(world.keysAfter(keyEpoch, 'second'))
  })

  it('keeps a bounded number of earlier states', async () => {
    const world = newWorld()
    world.fetched('a')
    await world.ask(-1)
    const isolate = world.newIsolate()
    for (let left = TRUST_READER_KEY_STATES; left >= 0; left -= 1) {
      world.fetched('a')
      await world.ask(-1)
    }
    const asked = world.questions()
    const told = await world.ask(isolate.keyEpoch)
    expect(told && applyKeys(isolate, told)).toEqual(world.newIsolate())
    expect(world.questions()).toBe(asked + 1)
  })
})
