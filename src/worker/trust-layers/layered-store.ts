/**
 * Asks for the trust snapshot layer by layer: the data centre, the region, and the trust store. A
 * layer that fails, is slow, or delivers something old, forged or damaged is left out and counted.
 * Every bound counts from the time at which the store confirmed a pointer.
 */
import type { Clock } from '../../core/ports.ts'
import { withDeadline } from '../../web/deadline.ts'
import { type AskKeys, createAskKeys } from './ask-keys.ts'
import { followPointer, isFirst } from './content/follow-pointer.ts'
import { createContentSource } from './content/load-content.ts'
import { createAttempt } from './layer/attempt.ts'
import { type DataCentre, POINTER } from './layer/data-centre.ts'
import {
  createLayerFaults,
  LayerError,
  type RegionLayer,
  type SkippedLayers,
  type TrustLayer,
} from './layer/layer.ts'
import { createSharedEntries } from './layer/shared-entries.ts'
import {
  TRUST_LAST_LAYER_TIMEOUT_MILLISECONDS,
  TRUST_LAYER_TIMEOUT_MILLISECONDS,
  TRUST_LAYERS_TIMEOUT_MILLISECONDS,
} from './limits.ts'
import { checkPointer, isBehind, type TrustPointer } from './pointer.ts'
import { createStoreTime } from './store-time.ts'
import type { KeyAnswer, KnownSnapshot, QuietAnswer, SnapshotDelta } from './trust-messages.ts'

export type LayeredStoreOptions = {
  /** Asks the trust store itself. */
  readonly store: (known: KnownSnapshot) => Promise<SnapshotDelta>
  readonly refreshKeys: AskKeys<KeyAnswer | null>
  readonly dataCentre: DataCentre | undefined
  readonly region: RegionLayer
  readonly kv: Pick<KVNamespace, 'get'>
  readonly clock: Clock
  /** Returns a number from 0 to 1. */
  readonly random: () => number
}

/** An answer, and where it is from. */
export type LayeredDelta = SnapshotDelta & {
  /**
   * The time from which the age counts (epoch seconds), if a layer answered. Absent if the store
   * answered: then the age counts from the question.
   */
  readonly currentAt?: number
  /** Whether the store did not answer, and the copy of the region is used in its place. */
  readonly isStale?: true
}

export type LayeredStore = {
  /** `expected` is a revision that must not be missing from the answer. Throws if the store fails. */
  readonly snapshotSince: (known: KnownSnapshot, expected: number) => Promise<LayeredDelta>
  /** Asks the reader of the region for keys, and the store if the reader fails. */
  readonly refreshKeys: AskKeys<KeyAnswer | QuietAnswer | null>
  readonly skipped: () => SkippedLayers
}

const NOTHING_SEEN = { revision: -1, keyEpoch: -1 }

export function createLayeredStore(options: LayeredStoreOptions): LayeredStore {
  const { clock, dataCentre, region } = options
  const layers = dataCentre === undefined ? [region] : [dataCentre, region]
  const faults = createLayerFaults(region.useOther)
  const attempt = createAttempt(faults, clock)
  const entries = createSharedEntries({ dataCentre, attempt, random: options.random })
  const contents = createContentSource({ entries, region, kv: options.kv, attempt })
  const time = createStoreTime(clock)
  /** The newest revision and epoch that this isolate has seen. */
  let seen = NOTHING_SEEN

  /** Asks a layer. Undefined if it has no usable answer. The cause is counted. */
  async function ask(layer: TrustLayer, known: KnownSnapshot): Promise<TrustPointer | undefined> {
    if (faults.isQuiet(layer.name, clock())) return undefined
    try {
      const answer =
        layer === region
          ? await withDeadline(TRUST_LAYER_TIMEOUT_MILLISECONDS, layer.pointer())
          : await entries.readOrClaim(POINTER, isFirst(known), (cache) => cache.pointer())
      if (answer === undefined) return undefined
      const pointer = checkPointer(answer)
      if (pointer === undefined) throw new LayerError('unreadable')
      if (time.isFuture(pointer.now ?? pointer.confirmedAt)) throw new LayerError('future')
      const { revision, keyEpoch = -1 } = known
      if (isBehind(pointer, seen) || isBehind(pointer, { revision, keyEpoch })) {
        throw new LayerError('behind')
      }
      return pointer
    } catch (error) {
      faults.count(layer.name, error instanceof LayerError ? error.fault : 'unreachable', clock())
      return undefined
    }
  }

  /** Undefined if the content that the pointer names cannot be loaded. */
  async function follow(
    pointer: TrustPointer,
    known: KnownSnapshot,
  ): Promise<LayeredDelta | undefined> {
    const found = await followPointer(contents, pointer, known)
    return found && { ...found, currentAt: time.countFrom(pointer.confirmedAt) }
  }

  function note({ revision, keyEpoch = -1 }: SnapshotDelta): void {
    seen = {
      revision: Math.max(revision, seen.revision),
      keyEpoch: Math.max(keyEpoch, seen.keyEpoch),
    }
  }

  async function askStore(known: KnownSnapshot): Promise<LayeredDelta> {
    const askedAt = clock()
    const answer = options.store(known)
    const delta = await withDeadline(TRUST_LAST_LAYER_TIMEOUT_MILLISECONDS, answer)
    time.learn(delta.at, askedAt)
    // The store is always right: it may have been restored from a backup.
    const { revision, keyEpoch = -1 } = delta
    seen = { revision, keyEpoch }
    return delta
  }

  /** Uses a pointer that is too old, because the store does not answer. */
  async function useOld(
    pointer: TrustPointer,
    known: KnownSnapshot,
  ): Promise<LayeredDelta | undefined> {
    const found = await follow(pointer, known)
    return found && { ...found, isStale: true }
  }

  /**
   * Asks the layers in front of the store. Undefined if none has a usable answer. `old` is then a
   * pointer that is too old, for the case that the store does not answer.
   */
  async function askLayers(
    known: KnownSnapshot,
  ): Promise<{ readonly found?: LayeredDelta; readonly old?: TrustPointer }> {
    let old: TrustPointer | undefined
    if (time.isLost()) {
      for (const { name } of layers) faults.count(name, 'set_back', clock())
      return {}
    }
    for (const layer of layers) {
      const pointer = await ask(layer, known)
      if (pointer === undefined) continue
      if (time.isOld(pointer.confirmedAt)) {
        faults.count(layer.name, 'stale', clock())
        old = pointer
        // Another isolate of the data centre has just asked the region and the store in vain.
        const found = pointer.unconfirmed ? await useOld(pointer, known) : undefined
        if (found !== undefined) return { found }
        continue
      }
      const found = await follow(pointer, known)
      // The next layer names the same content.
      if (found === undefined) break
      if (layer === region) await entries.keep((cache) => cache.keepPointer(pointer))
      note(found)
      return { found }
    }
    return old === undefined ? {} : { old }
  }

  return {
    skipped: faults.read,
    async snapshotSince(known, expected) {
      seen = { ...seen, revision: Math.max(seen.revision, expected) }
      const asked = withDeadline(TRUST_LAYERS_TIMEOUT_MILLISECONDS, askLayers(known))
      const { found, old } = await asked.catch((): Awaited<ReturnType<typeof askLayers>> => ({}))
      if (found !== undefined) return found
      // Both at the same time, because the request does not wait for long.
      const stale = old && useOld(old, known)
      try {
        return await askStore(known)
      } catch (error) {
        const copy = await stale
        if (old === undefined || copy === undefined) throw error
        await entries.keep((cache) => cache.keepPointer({ ...old, unconfirmed: true }))
        return copy
      }
    },
    refreshKeys: createAskKeys({ entries, region, store: options.refreshKeys, attempt }),
  }
}
