/**
 * A model of the layers between an isolate and the trust store: a pointer in the cache of the data
 * centre, readers in each region that poll the store, and content that is kept by its digest. A
 * layer that fails, is slow or is too old is left out.
 */
import { withDeadline } from '../../src/web/deadline.ts'
import type { KnownSnapshot, SnapshotDelta } from '../../src/worker/trust-layers/trust-messages.ts'
import type { Region } from './model/places.ts'
import {
  createStoreDoor,
  SMALL_BYTES,
  sizeOf,
  type Topology,
  type TopologyWorld,
  type Word,
} from './topology.ts'

/** A data centre uses its copy of a pointer this long. */
const DATA_CENTRE_MILLISECONDS = 1000
/** A reader asks the store at most this often, if it is asked. */
const POLL_MILLISECONDS = 2000
const LAYER_TIMEOUT_MILLISECONDS = 500
const POLL_TIMEOUT_MILLISECONDS = 3000
/** An older pointer is left out, and the store is asked. */
const MAX_POINTER_MILLISECONDS = 4000
/** After a failed poll, a reader does not ask again for this time. */
const RETRY_MILLISECONDS = 1000
const READERS_PER_REGION = 3
const CACHE_MILLISECONDS = 2
const IN_REGION_MILLISECONDS = 12
const NOTHING: KnownSnapshot = { revision: -1, keyVersions: {}, keyEpoch: -1 }

type Reader = {
  /** Returns the newest word of the store that this reader has. */
  readonly ask: () => Promise<Word>
}

function createReader(world: TopologyWorld, region: Region): Reader {
  const { now } = world
  const door = createStoreDoor(world, region, 1)
  let word: Word | undefined
  let delta: SnapshotDelta | undefined
  let failedAt = Number.NEGATIVE_INFINITY
  /** Calls of one object may share a promise. */
  let flight: Promise<void> | undefined

  /** Asks for the difference, and keeps everything. */
  async function poll(): Promise<void> {
    const known = delta === undefined ? NOTHING : { ...NOTHING, ...pick(delta) }
    try {
      const answer = await withDeadline(
        POLL_TIMEOUT_MILLISECONDS,
        door.snapshotSince(known, () => {}),
      )
      delta = delta === undefined ? answer.delta : merge(delta, answer.delta)
      word = { delta, saidAt: answer.saidAt }
    } catch {
      failedAt = now()
    }
  }

  return {
    async ask() {
      const isOld = word === undefined || now() - word.saidAt >= POLL_MILLISECONDS
      if (isOld && now() - failedAt >= RETRY_MILLISECONDS) {
        flight ??= poll().finally(() => {
          flight = undefined
        })
        await flight
      }
      if (word === undefined) throw new Error('the reader has nothing')
      return word
    },
  }
}

function pick({ revision, keyEpoch = -1 }: SnapshotDelta) {
  return { revision, keyEpoch }
}

function merge(before: SnapshotDelta, delta: SnapshotDelta): SnapshotDelta {
  const sets = new Map(before.issuers.map((sent) => [sent.url, sent]))
  for (const sent of delta.issuers) sets.set(sent.url, { ...sets.get(sent.url), ...sent })
  const bytes = delta.bytes ?? before.bytes
  return {
    ...{ revision: delta.revision, keyEpoch: delta.keyEpoch ?? -1, removed: [] },
    ...(bytes === undefined ? {} : { bytes }),
    issuers: [...sets.values()],
  }
}

/** Leaves out what the isolate has. */
function since({ bytes, ...delta }: SnapshotDelta, known: KnownSnapshot): SnapshotDelta {
  const isSame = delta.keyEpoch === known.keyEpoch
  return {
    ...delta,
    ...{ keyEpoch: delta.keyEpoch ?? -1, removed: [], issuers: isSame ? [] : delta.issuers },
    ...(delta.revision === known.revision || bytes === undefined ? {} : { bytes }),
  }
}

type Kept = { readonly word: Word; readonly keptAt: number; readonly revision: number }

export const LAYERED: Topology = {
  name: 'layered',
  layersSeconds: MAX_POINTER_MILLISECONDS / 1000,
  sampled: 'places',
  create(world) {
    const { now, network, documentBytes, factor } = world
    const readers = new Map<string, Reader>()
    const kept = new Map<number, Kept>()

    function readerOf(region: Region, index: number) {
      const name = `reader ${region}-${index % READERS_PER_REGION}`
      const reader = readers.get(name) ?? createReader(world, region)
      readers.set(name, reader)
      return { reader, calls: world.meter(name) }
    }

    return (place, index) => {
      const { region } = place
      const direct = createStoreDoor(world, region, factor)
      const { reader, calls } = readerOf(region, index)

      async function askReader(): Promise<Word> {
        await network.delay(network.vary(IN_REGION_MILLISECONDS))
        const word = await reader.ask()
        // Content is loaded once for each data centre and revision.
        const isNew = kept.get(index)?.revision !== word.delta.revision
        calls.count(now(), isNew ? sizeOf(word.delta, documentBytes) : SMALL_BYTES, factor)
        await network.delay(network.vary(IN_REGION_MILLISECONDS))
        kept.set(index, { word, keptAt: now(), revision: word.delta.revision })
        return word
      }

      async function askLayers(): Promise<Word | undefined> {
        await network.delay(CACHE_MILLISECONDS)
        const copy = kept.get(index)
        if (copy !== undefined && now() - copy.keptAt < DATA_CENTRE_MILLISECONDS) return copy.word
        return await withDeadline(LAYER_TIMEOUT_MILLISECONDS, askReader()).catch(() => undefined)
      }

      return {
        ...direct,
        async snapshotSince(known, onFailing) {
          const word = await askLayers()
          const { revision, keyEpoch = -1 } = known
          const isBehind =
            word !== undefined &&
            (word.delta.revision < revision || (word.delta.keyEpoch ?? -1) < keyEpoch)
          const isUsable = word !== undefined && now() - word.saidAt <= MAX_POINTER_MILLISECONDS
          if (!isUsable || isBehind) return await direct.snapshotSince(known, onFailing)
          return { delta: since(word.delta, known), saidAt: word.saidAt }
        },
      }
    }
  },
}
