/**
 * How an isolate reaches the trust store. A topology is a value, so that another one can be
 * simulated with the same isolates, faults and invariants.
 */
import type { NearestRevocations } from '../../src/worker/caches/revocations/nearest-revocations.ts'
import type { LayeredDelta } from '../../src/worker/trust-layers/layered-store.ts'
import type {
  KeyAnswer,
  KnownSnapshot,
  QuietAnswer,
  SnapshotDelta,
} from '../../src/worker/trust-layers/trust-messages.ts'
import type { IsolateClock } from './isolate-clock.ts'
import type { KvModel } from './model/kv.ts'
import type { Network } from './model/network.ts'
import type { Place, Region } from './model/places.ts'
import type { RevocationLogModel } from './model/revocation-log.ts'
import type { TrustStoreModel } from './model/trust-store.ts'
import type { Random } from './random.ts'
import type { Meter } from './statistics.ts'

/** What an isolate hears, and when the trust store said it, in epoch milliseconds. */
type Word = { readonly delta: LayeredDelta; readonly saidAt: number }

/** The store of one isolate. `onFailing` is called if no answer will come. */
export type StoreDoor = {
  readonly snapshotSince: (
    known: KnownSnapshot,
    expected: number,
    onFailing: () => void,
  ) => Promise<Word>
  readonly refreshKeys: (
    source: string,
    keyId?: string,
    rejected?: number,
  ) => Promise<KeyAnswer | QuietAnswer | null>
  /** The layers in front of the revocation log. Undefined: the isolate reads KV. */
  readonly revocations?: NearestRevocations
}

export type TopologyWorld = {
  readonly now: () => number
  readonly network: Network
  readonly random: Random
  readonly kv: KvModel
  readonly store: TrustStoreModel
  readonly log: RevocationLogModel
  /** The size of the trust document. The simulated isolates compile a small one. */
  readonly documentBytes: number
  /** Returns the meter of an object. */
  readonly meter: (object: string) => Meter
  /** The isolates that one simulated isolate stands for. */
  readonly factor: number
}

export type Topology = {
  readonly name: string
  /**
   * How long a clock that was set back can deceive an isolate after it has asked, in milliseconds.
   */
  readonly setBackMilliseconds: number
  /** Which part is simulated if there are too many isolates: some isolates, or some places. */
  readonly sampled: 'isolates' | 'places'
  readonly create: (
    world: TopologyWorld,
  ) => (place: Place, index: number, clock: IsolateClock) => StoreDoor
}

/** A call with its headers, and an answer without content. */
export const SMALL_BYTES = 300
/** A key set of four RSA keys. */
export const KEY_SET_BYTES = 1800

export function sizeOf(
  delta: Pick<SnapshotDelta, 'issuers' | 'bytes'>,
  documentBytes: number,
): number {
  const sets = delta.issuers.filter(({ keys }) => keys !== undefined).length
  const document = delta.bytes === undefined ? 0 : documentBytes
  return SMALL_BYTES + document + sets * KEY_SET_BYTES
}

/** The trust store as an isolate or a reader asks it. `weight`: the calls that one stands for. */
export function createStoreDoor(world: TopologyWorld, region: Region, weight: number): StoreDoor {
  const { now, network, store, documentBytes } = world
  const calls = world.meter('trust store')
  return {
    snapshotSince: (known, _, onFailing) =>
      network.call(
        region,
        () => {
          const delta = store.snapshotSince(known)
          calls.count(now(), sizeOf(delta, documentBytes), weight)
          return { delta, saidAt: now() }
        },
        onFailing,
      ),
    refreshKeys: (source, keyId, rejected) =>
      network.call(region, () => {
        calls.count(now(), SMALL_BYTES + KEY_SET_BYTES, weight)
        return store.refreshKeys(source, keyId, rejected)
      }),
  }
}

/** Every isolate asks the one object, as without the binding `TRUST_READER`. */
export const DIRECT: Topology = {
  name: 'direct',
  setBackMilliseconds: 0,
  sampled: 'isolates',
  create:
    (world) =>
    ({ region }) =>
      createStoreDoor(world, region, world.factor),
}
