/**
 * What a layer between an isolate and the trust store offers, and why one of its answers is not
 * used. An isolate asks the nearest layer first, then the next one, and at last the store.
 */

import { TRUST_LAYER_RETRY_SECONDS } from '../limits.ts'
import type { KeyAnswer, KeysName, QuietAnswer } from '../trust-messages.ts'

/** `kv` delivers content only. */
export type LayerName = 'data_centre' | 'region' | 'kv'

/**
 * - `unreachable`: it failed or did not answer in time.
 * - `unreadable`: the pointer has an unknown form.
 * - `stale`: the pointer is too old to decide from.
 * - `behind`: the pointer is older than one that the isolate has already seen.
 * - `future`: the store confirmed the pointer in the future.
 * - `set_back`: the clock of the isolate was set back, so it asks the store for the time.
 * - `forged`: this deployment did not write the entry of the data centre.
 * - `corrupt`: the content does not have its digest.
 */
export type LayerFault =
  | 'unreachable'
  | 'unreadable'
  | 'stale'
  | 'behind'
  | 'future'
  | 'set_back'
  | 'forged'
  | 'corrupt'

/** Thrown by a layer that knows why its answer cannot be used. */
export class LayerError extends Error {
  readonly fault: LayerFault

  constructor(fault: LayerFault) {
    super(fault)
    this.name = 'LayerError'
    this.fault = fault
  }
}

export type TrustLayer = {
  readonly name: Exclude<LayerName, 'kv'>
  /** Returns the pointer, which the caller checks; undefined if the layer has none. */
  readonly pointer: () => Promise<unknown>
  /** Returns a `KeyDelta`, which the caller checks; undefined if the layer has none. */
  readonly keysAfter: (name: KeysName) => Promise<unknown>
  /** Returns the content, which the caller checks; null or undefined if the layer has none. */
  readonly content: (digest: string) => Promise<Uint8Array | null | undefined>
}

export type RegionLayer = TrustLayer & {
  readonly refreshKeys: (
    source: string,
    keyId?: string,
    rejected?: number,
  ) => Promise<KeyAnswer | QuietAnswer | null>
  /**
   * Asks another reader from now on, because this one failed. False if the other one failed before.
   */
  readonly useOther: () => boolean
}

/** The number of answers that were not used, by layer and cause. */
export type SkippedLayers = Readonly<
  Partial<Record<LayerName, Readonly<Partial<Record<LayerFault, number>>>>>
>

export type LayerFaults = {
  readonly count: (name: LayerName, fault: LayerFault, at: number) => void
  /** Whether the layer failed a moment ago. */
  readonly isQuiet: (name: LayerName, at: number) => boolean
  readonly read: () => SkippedLayers
}

/**
 * Counts the answers that an isolate did not use, and leaves out layers that just failed.
 * `hasOther` is called with each failure of the region: another reader may answer at once.
 */
export function createLayerFaults(hasOther: () => boolean): LayerFaults {
  const counts: Partial<Record<LayerName, Partial<Record<LayerFault, number>>>> = {}
  const failedAt = new Map<LayerName, number>()
  return {
    count(name, fault, at) {
      const ofLayer = counts[name] ?? {}
      counts[name] = { ...ofLayer, [fault]: (ofLayer[fault] ?? 0) + 1 }
      if (fault !== 'unreachable') return
      if (name !== 'region' || !hasOther()) failedAt.set(name, at)
    },
    isQuiet(name, at) {
      const from = failedAt.get(name) ?? Number.NEGATIVE_INFINITY
      // A time in the future was stored before the clock was set back (NET-14).
      return at >= from && at < from + TRUST_LAYER_RETRY_SECONDS
    },
    read: () => ({ ...counts }),
  }
}
