/**
 * How an isolate reaches the trust store. A topology is a value, so that another one can be
 * simulated with the same isolates, faults and invariants.
 */
import type {
  KeyAnswer,
  KnownSnapshot,
  SnapshotDelta,
} from '../../src/worker/objects/trust-store/trust-messages.ts'
import type { Network } from './model/network.ts'
import type { Place } from './model/places.ts'
import type { TrustStoreModel } from './model/trust-store.ts'
import type { Meter } from './statistics.ts'

/** What an isolate hears, and when the trust store said it, in epoch milliseconds. */
type Word = { readonly delta: SnapshotDelta; readonly saidAt: number }

/** The store of one isolate. `onFailing` is called if no answer will come. */
export type StoreDoor = {
  readonly snapshotSince: (known: KnownSnapshot, onFailing: () => void) => Promise<Word>
  readonly refreshKeys: (
    source: string,
    keyId?: string,
    rejected?: number,
  ) => Promise<KeyAnswer | null>
}

type TopologyWorld = {
  readonly now: () => number
  readonly network: Network
  readonly store: TrustStoreModel
  /** The size of the trust document. The simulated isolates compile a small one. */
  readonly documentBytes: number
  /**
   * Returns the meter of an object. `grows`: its load grows with the number of simulated isolates,
   * so it is multiplied if only a sample of them is simulated.
   */
  readonly meter: (object: string, grows: boolean) => Meter
}

export type Topology = {
  readonly name: string
  /** How old the word of the store behind a decision can be while every layer answers. */
  readonly boundSeconds: number
  /** Which part is simulated if there are too many isolates: some isolates, or some places. */
  readonly sampled: 'isolates' | 'places'
  readonly create: (world: TopologyWorld) => (place: Place) => StoreDoor
}

/** A call with its headers, and an answer without content. */
const SMALL_BYTES = 300
/** A key set of four RSA keys. */
const KEY_SET_BYTES = 1800

function sizeOf(delta: SnapshotDelta, documentBytes: number): number {
  const sets = delta.issuers.filter(({ keys }) => keys !== undefined).length
  const document = delta.bytes === undefined ? 0 : documentBytes
  return SMALL_BYTES + document + sets * KEY_SET_BYTES
}

/** Every isolate asks the one object. */
export const TODAY: Topology = {
  name: 'today',
  boundSeconds: 10,
  sampled: 'isolates',
  create({ now, network, store, documentBytes, meter }) {
    const calls = meter('trust store', true)
    return ({ region }) => ({
      snapshotSince: (known, onFailing) =>
        network.call(
          region,
          () => {
            const delta = store.snapshotSince(known)
            calls.count(now(), sizeOf(delta, documentBytes))
            return { delta, saidAt: now() }
          },
          onFailing,
        ),
      refreshKeys: (source, keyId, rejected) =>
        network.call(region, () => {
          calls.count(now(), SMALL_BYTES + KEY_SET_BYTES)
          return store.refreshKeys(source, keyId, rejected)
        }),
    })
  },
}

export const TOPOLOGIES: readonly Topology[] = [TODAY]
