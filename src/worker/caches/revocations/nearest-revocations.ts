/**
 * Asks for the published revocations layer by layer, like the trust snapshot: the copy of the data
 * centre, a reader of the region, and the revocation log. The copy of the data centre has a short
 * life, so that a revocation arrives soon after the log has stored it.
 */

import { STORE_TIMEOUT_MILLISECONDS } from '../../../core/limits.ts'
import type { Clock } from '../../../core/ports.ts'
import { withDeadline } from '../../../web/deadline.ts'
import { createLayerFaults, type LayerName } from '../../trust-layers/layer/layer.ts'
import { TRUST_LAYER_TIMEOUT_MILLISECONDS } from '../../trust-layers/limits.ts'
import { createStoreTime } from '../../trust-layers/store-time.ts'
import { checkPublished, type Published } from './published-revocations.ts'
import { createRevocationCopy, type SharedRevocations } from './revocation-copy.ts'

export type NearestRevocations = {
  /**
   * Undefined if no layer has a usable pointer: the layers fail, or the log publishes none.
   * `newest` is the highest sequence that the isolate has seen.
   */
  readonly load: (newest: number) => Promise<Published | undefined>
  /**
   * Whether a token is revoked. `ask` asks the log, unless an isolate of this data centre did and the
   * answer was yes: a thousand isolates with one revoked token are then one question.
   */
  readonly confirm: (jti: string, ask: () => Promise<boolean>) => Promise<boolean>
  /** Epoch milliseconds. */
  readonly now: () => number
}

export type NearestRevocationsOptions = {
  /** Undefined without a signing key. */
  readonly dataCentre: SharedRevocations | undefined
  readonly region: { readonly revocations: () => Promise<unknown> }
  readonly log: () => Promise<unknown>
  readonly now: () => number
}

export function createNearestRevocations(options: NearestRevocationsOptions): NearestRevocations {
  const { dataCentre, region, log, now } = options
  const clock: Clock = () => Math.floor(now() / 1000)
  const time = createStoreTime(clock)
  // Its own: a layer that fails with one message may still answer another.
  const faults = createLayerFaults(() => false)

  /** Undefined if the layer failed, or failed a moment ago. */
  async function attempt<T>(layer: LayerName, ask: () => Promise<T>): Promise<T | undefined> {
    if (faults.isQuiet(layer, clock())) return undefined
    try {
      return await withDeadline(TRUST_LAYER_TIMEOUT_MILLISECONDS, ask())
    } catch {
      faults.count(layer, 'unreachable', clock())
      return undefined
    }
  }

  /** Undefined if a pointer is unreadable, too old, or older than one that was seen. */
  function check(answer: unknown, newest: number): Published | undefined {
    const pointer = checkPublished(answer)
    if (pointer === undefined || pointer.sequence < newest) return undefined
    const { published_at: at } = pointer
    return time.isFuture(at) || time.isOld(at) ? undefined : pointer
  }

  const copy = dataCentre && createRevocationCopy(dataCentre, { attempt, check, now })

  async function askRegion(newest: number): Promise<Published | undefined> {
    const pointer = check(await attempt('region', region.revocations), newest)
    if (pointer !== undefined) await copy?.keep(pointer)
    return pointer
  }

  return {
    now,
    confirm: copy?.confirm ?? ((_, ask) => ask()),
    async load(newest) {
      if (!time.isLost()) {
        const near =
          (await copy?.read(newest)) ?? (await askRegion(newest)) ?? (await copy?.waitFor(newest))
        if (near !== undefined) return near
      }
      const askedAt = clock()
      try {
        const answer = await withDeadline(STORE_TIMEOUT_MILLISECONDS, log())
        const pointer = checkPublished(answer)
        time.learn(pointer?.published_at, askedAt)
        if (pointer !== undefined) await copy?.keep(answer)
        return pointer
      } catch {
        return undefined
      }
    },
  }
}
