/**
 * Asks for the trust snapshot layer by layer: the data centre, the region, and the trust store. A
 * layer that fails, is slow, or delivers something old, forged or damaged is left out and counted.
 * Every bound counts from the time at which the store confirmed a pointer.
 */
import { SNAPSHOT_FRESH_SECONDS } from '../../core/limits.ts'
import type { Clock } from '../../core/ports.ts'
import { withDeadline } from '../../web/deadline.ts'
import {
  TRUST_CLOCK_DIFFERENCE_SECONDS,
  TRUST_LAST_LAYER_TIMEOUT_MILLISECONDS,
  TRUST_LAYER_TIMEOUT_MILLISECONDS,
} from '../limits.ts'
import type { DataCentre } from './data-centre.ts'
import { createLayerFaults, LayerError, type SkippedLayers, type TrustLayer } from './layer.ts'
import { createContentSource } from './load-content.ts'
import { checkPointer, isBehind, type TrustPointer } from './pointer.ts'
import type { KeyDelta, KnownSnapshot, SnapshotDelta } from './trust-messages.ts'

export type LayeredStoreOptions = {
  /** Asks the trust store itself. */
  readonly store: (known: KnownSnapshot) => Promise<SnapshotDelta>
  readonly dataCentre: DataCentre | undefined
  readonly region: TrustLayer
  readonly kv: Pick<KVNamespace, 'get'>
  readonly clock: Clock
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
  readonly skipped: () => SkippedLayers
}

const NOTHING_SEEN = { revision: -1, keyEpoch: -1 }

export function createLayeredStore(options: LayeredStoreOptions): LayeredStore {
  const { clock, dataCentre, region } = options
  const layers = dataCentre === undefined ? [region] : [dataCentre, region]
  const faults = createLayerFaults()
  const contents = createContentSource(options, faults)
  /** The newest revision and epoch that this isolate has seen. */
  let seen = NOTHING_SEEN

  /** Asks a layer. Undefined if it has no usable answer. The cause is counted. */
  async function ask(layer: TrustLayer): Promise<TrustPointer | undefined> {
    if (faults.isQuiet(layer.name, clock())) return undefined
    try {
      const answer = await withDeadline(TRUST_LAYER_TIMEOUT_MILLISECONDS, layer.pointer())
      if (answer === undefined) return undefined
      const pointer = checkPointer(answer)
      if (pointer === undefined) throw new LayerError('unreadable')
      if (pointer.confirmedAt > clock() + TRUST_CLOCK_DIFFERENCE_SECONDS) {
        throw new LayerError('future')
      }
      if (isBehind(pointer, seen)) throw new LayerError('behind')
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
    const [document, keys] = await Promise.all([
      documentFor(pointer, known),
      keysFor(pointer, known),
    ])
    if (document === undefined || keys === undefined) return undefined
    return { revision: pointer.revision, ...document, ...keys, currentAt: countFrom(pointer) }
  }

  /** Returns the compiled form if the isolate can load it, or else the document. */
  async function documentFor(
    { revision, document, form }: TrustPointer,
    known: KnownSnapshot,
  ): Promise<Pick<SnapshotDelta, 'bytes' | 'form'> | undefined> {
    if (revision === known.revision || document === null) return {}
    if (form !== undefined && form.compiler === known.compiler) {
      const { digest } = form
      const bytes = await contents.load(digest)
      if (bytes !== undefined) return { form: { bytes, digest, document } }
    }
    const bytes = await contents.load(document)
    return bytes && { bytes }
  }

  async function keysFor(
    { keyEpoch }: TrustPointer,
    known: KnownSnapshot,
  ): Promise<KeyDelta | undefined> {
    if (keyEpoch === known.keyEpoch) return { keyEpoch, issuers: [], removed: [] }
    return contents.keys(known.keyEpoch ?? -1, keyEpoch)
  }

  function note({ revision, keyEpoch = -1 }: SnapshotDelta, isFromStore: boolean): void {
    // The store is always right: it may have been restored from a backup.
    seen = isFromStore
      ? { revision, keyEpoch }
      : {
          revision: Math.max(revision, seen.revision),
          keyEpoch: Math.max(keyEpoch, seen.keyEpoch),
        }
  }

  return {
    skipped: faults.read,
    async snapshotSince(known, expected) {
      seen = { ...seen, revision: Math.max(seen.revision, expected) }
      let last: TrustPointer | undefined
      for (const layer of layers) {
        const pointer = await ask(layer)
        if (pointer === undefined) continue
        if (clock() - countFrom(pointer) >= SNAPSHOT_FRESH_SECONDS) {
          faults.count(layer.name, 'stale', clock())
          last = pointer
          continue
        }
        const found = await follow(pointer, known)
        // The next layer names the same content.
        if (found === undefined) break
        if (layer === region) await contents.keep((cache) => cache.keepPointer(pointer))
        note(found, false)
        return found
      }
      try {
        const answer = options.store(known)
        const delta = await withDeadline(TRUST_LAST_LAYER_TIMEOUT_MILLISECONDS, answer)
        note(delta, true)
        return delta
      } catch (error) {
        const found = last && (await follow(last, known))
        if (found === undefined) throw error
        return { ...found, isStale: true }
      }
    },
  }
}

/** The clocks of the store and of this isolate may differ. */
function countFrom({ confirmedAt }: TrustPointer): number {
  return confirmedAt - TRUST_CLOCK_DIFFERENCE_SECONDS
}
