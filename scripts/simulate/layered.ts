/**
 * The layers of the Worker between an isolate and the trust store: the data centre, the readers of a
 * region, and content by its digest. The code is that of production. Only the cache of a data centre,
 * the calls and the seal are models.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createNearestRevocations } from '../../src/worker/caches/revocations/nearest-revocations.ts'
import type { Env } from '../../src/worker/env.ts'
import { createReader, type Reader } from '../../src/worker/objects/trust-reader/reader.ts'
import {
  createRevocationReader,
  type RevocationReader,
} from '../../src/worker/objects/trust-reader/revocation-reader.ts'
import {
  createDataCentre,
  type EntryCache,
} from '../../src/worker/trust-layers/layer/data-centre.ts'
import { createRegion } from '../../src/worker/trust-layers/layer/region.ts'
import { createLayeredStore } from '../../src/worker/trust-layers/layered-store.ts'
import {
  TRUST_CLOCK_DIFFERENCE_SECONDS,
  TRUST_POINTER_MOST_SECONDS,
} from '../../src/worker/trust-layers/limits.ts'
import { checkPointer } from '../../src/worker/trust-layers/pointer.ts'
import type { KeyDelta } from '../../src/worker/trust-layers/trust-messages.ts'
import type { Region } from './model/places.ts'
import { SEAL } from './model/seal.ts'
import type { VirtualResponse } from './platform.ts'
import type { Meter } from './statistics.ts'
import {
  createStoreDoor,
  KEY_SET_BYTES,
  SMALL_BYTES,
  sizeOf,
  type Topology,
  type TopologyWorld,
} from './topology.ts'

const CACHE_MILLISECONDS = 2
/** The mean time after which the platform starts a reader again. It then has nothing in memory. */
const READER_LIFE_SECONDS = 6 * 3600
const MAX_READER_SKEW_MILLISECONDS = 2000

/** What the platform tells of a request from each region. */
const PLACE_OF: Readonly<
  Record<Region, { readonly continent: string; readonly longitude: string }>
> = {
  weur: { continent: 'EU', longitude: '2' },
  eeur: { continent: 'EU', longitude: '21' },
  enam: { continent: 'NA', longitude: '-74' },
  wnam: { continent: 'NA', longitude: '-122' },
  sam: { continent: 'SA', longitude: '-46' },
  apac: { continent: 'AS', longitude: '139' },
  oc: { continent: 'OC', longitude: '151' },
  me: { continent: 'AS', longitude: '55' },
  afr: { continent: 'AF', longitude: '28' },
}

/** The cache of one data centre. Its clock is right. */
function createCache({ now, network }: TopologyWorld): EntryCache {
  const entries = new Map<string, { readonly entry: VirtualResponse; readonly until: number }>()
  return {
    async match(address) {
      await network.delay(CACHE_MILLISECONDS)
      const kept = entries.get(address)
      if (kept !== undefined && kept.until > now()) return kept.entry as unknown as Response
      entries.delete(address)
      return undefined
    },
    async put(address, response) {
      await network.delay(CACHE_MILLISECONDS)
      const entry = response as unknown as VirtualResponse
      const seconds = Number(/^max-age=(\d+)$/.exec(entry.headers['cache-control'] ?? '')?.[1])
      entries.set(address, { entry, until: now() + seconds * 1000 })
    },
  }
}

/** A reader of a region, which the platform starts again from time to time. */
type RunningReader = Reader & { readonly revocations: RevocationReader }

function createRunningReader(
  world: TopologyWorld,
  name: string,
  region: Region,
): () => RunningReader {
  const { now, network, store, log, random, documentBytes } = world
  const logCalls = world.meter('revocation log')
  const calls = world.meter('trust store')
  const skew = random.between(-MAX_READER_SKEW_MILLISECONDS, MAX_READER_SKEW_MILLISECONDS)
  const clock = () => Math.floor((now() + skew) / 1000)
  const ask = <T>(bytes: (answer: T) => number, answer: () => T): Promise<T> =>
    network.call(region, () => {
      const result = answer()
      calls.count(now(), bytes(result), 1)
      return result
    })
  const startRevocations = () => {
    const reader: RevocationReader = createRevocationReader({
      now: () => now() + skew,
      ask: () =>
        network.call(region, () => {
          logCalls.count(now(), SMALL_BYTES, 1)
          return log.follow(name, region, (pointer) => reader.take(pointer))
        }),
    })
    return reader
  }
  const start = (): RunningReader => ({
    revocations: startRevocations(),
    ...createReader({
      clock,
      store: () => ({
        pointer: () => ask(() => SMALL_BYTES, store.pointer),
        keysAfter: (known, instance) =>
          ask(
            (delta) => sizeOf(delta, documentBytes),
            () => store.keysAfter(known, instance),
          ),
        content: (digest) =>
          ask(
            (bytes) => SMALL_BYTES + (bytes === null ? 0 : documentBytes),
            () => store.content(digest),
          ),
        refreshKeys: (...question) =>
          network.call(region, () => {
            calls.count(now(), SMALL_BYTES + KEY_SET_BYTES, 1)
            return store.refreshKeys(...question)
          }),
      }),
    }),
  })
  let reader = start()
  let endsAt = now() + random.exponential(READER_LIFE_SECONDS) * 1000
  return () => {
    if (now() >= endsAt) {
      reader = start()
      endsAt = now() + random.exponential(READER_LIFE_SECONDS) * 1000
    }
    return reader
  }
}

/** The namespace of the readers, as an isolate of a region calls it. */
function createReaders(world: TopologyWorld) {
  const { now, network, documentBytes, factor } = world
  const readers = new Map<
    string,
    { readonly running: () => RunningReader; readonly calls: Meter }
  >()

  function readerOf(name: string, region: Region) {
    const known = readers.get(name)
    if (known !== undefined) return known
    const made = {
      running: createRunningReader(world, name, region),
      calls: world.meter(`reader ${name}`),
    }
    readers.set(name, made)
    return made
  }

  return (from: Region) => ({
    getByName(name: string, { locationHint: to }: { readonly locationHint: Region }) {
      const { running, calls } = readerOf(name, to)
      const call = <T>(bytes: (answer: T) => number, ask: (reader: RunningReader) => Promise<T>) =>
        network.callIn(from, to, async () => {
          const answer = await ask(running())
          calls.count(now(), bytes(answer), factor)
          return answer
        })
      return {
        pointer: () =>
          call(
            () => SMALL_BYTES,
            (reader) => reader.pointer(),
          ),
        keysAfter: (...name: Parameters<Reader['keysAfter']>) =>
          call<KeyDelta | undefined>(
            (delta) => (delta === undefined ? SMALL_BYTES : sizeOf(delta, documentBytes)),
            (reader) => reader.keysAfter(...name),
          ),
        content: (digest: string) =>
          call(
            (bytes) => SMALL_BYTES + (bytes === null ? 0 : documentBytes),
            (reader) => reader.content(digest),
          ),
        revocations: () =>
          call(
            () => SMALL_BYTES,
            (reader) => reader.revocations.pointer(),
          ),
        refreshKeys: (...question: Parameters<Reader['refreshKeys']>) =>
          call(
            () => SMALL_BYTES + KEY_SET_BYTES,
            (reader) => reader.refreshKeys(...question),
          ),
      }
    },
  })
}

/** A question of an isolate to its layers: when the store said what it has heard last. */
type Question = { saidAt: number; isAnswered: boolean; readonly fail: () => void }

/** An isolate can ask several questions at the same time. */
const QUESTIONS = new AsyncLocalStorage<Question>()
const ignore = (): void => {}

export const LAYERED: Topology = {
  name: 'layered',
  // The age of a pointer that arrives, beyond the difference of clocks that is counted.
  setBackMilliseconds: (TRUST_POINTER_MOST_SECONDS - TRUST_CLOCK_DIFFERENCE_SECONDS) * 1000,
  sampled: 'places',
  create(world) {
    const { now, network, random, kv, log, factor } = world
    const logCalls = world.meter('revocation log')
    const readersFrom = createReaders(world)
    const caches = new Map<number, EntryCache>()
    const kvReads = world.meter('KV reads')

    return ({ region: from }, index, clock) => {
      const direct = createStoreDoor(world, from, factor)
      const cache = caches.get(index) ?? createCache(world)
      caches.set(index, cache)
      const namespace = readersFrom(from) as unknown as NonNullable<Env['TRUST_READER']>
      const region = createRegion({ TRUST_READER: namespace }, PLACE_OF[from])
      if (region === undefined) throw new Error('the simulation has readers')
      const dataCentre = createDataCentre({ seal: SEAL, open: async () => cache })
      const listen = (ask: () => Promise<unknown>) => async () => {
        const answer = await ask()
        const question = QUESTIONS.getStore()
        const pointer = checkPointer(answer)
        // The isolate gives up a layer that is slow. Its late answer is not used.
        if (pointer && question?.isAnswered === false) question.saidAt = pointer.confirmedAt * 1000
        return answer
      }
      const layered = createLayeredStore({
        store: async (known) => {
          const question = QUESTIONS.getStore()
          const { delta, saidAt } = await direct.snapshotSince(known, -1, question?.fail ?? ignore)
          if (question) Object.assign(question, { saidAt, isAnswered: true })
          return delta
        },
        refreshKeys: async (...question) => {
          const answer = await direct.refreshKeys(...question)
          // The store itself always answers with keys.
          if (answer !== null && !('keys' in answer)) throw new Error('the store has no keys')
          return answer
        },
        dataCentre: { ...dataCentre, pointer: listen(dataCentre.pointer) },
        region: { ...region, pointer: listen(region.pointer) },
        kv: {
          get: async (key: string) => {
            const content = await kv.get(index, key)
            const bytes = content === null ? SMALL_BYTES : world.documentBytes
            kvReads.count(now(), bytes, factor)
            return content
          },
        } as unknown as Pick<KVNamespace, 'get'>,
        clock: clock.read,
        random: random.next,
      })
      const revocations = createNearestRevocations({
        dataCentre,
        region,
        now: clock.readMilliseconds,
        log: () =>
          network.call(from, () => {
            logCalls.count(now(), SMALL_BYTES, factor)
            return log.pointer()
          }),
      })
      return {
        revocations,
        refreshKeys: layered.refreshKeys,
        async snapshotSince(known, expected, onFailing) {
          const question: Question = { saidAt: 0, isAnswered: false, fail: onFailing }
          const ask = () => layered.snapshotSince(known, expected)
          const delta = await QUESTIONS.run(question, ask)
          return { delta, saidAt: question.saidAt }
        },
      }
    }
  },
}
