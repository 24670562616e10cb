/**
 * Asks for the published revocations layer by layer, like the trust snapshot: the copy of the data
 * centre, a reader of the region, and the revocation log. The copy of the data centre has a short
 * life, so that a revocation arrives soon after the log has stored it.
 */

import { STORE_TIMEOUT_MILLISECONDS } from '../../../core/limits.ts'
import type { Clock } from '../../../core/ports.ts'
import { wait, withDeadline } from '../../../web/deadline.ts'
import { REVOCATION_COPY_MILLISECONDS } from '../../limits.ts'
import {
  TRUST_CLAIM_LOOKS,
  TRUST_LAYER_RETRY_SECONDS,
  TRUST_LAYER_TIMEOUT_MILLISECONDS,
  TRUST_READER_WAIT_MILLISECONDS,
} from '../../trust-layers/limits.ts'
import { createStoreTime } from '../../trust-layers/store-time.ts'
import { checkPublished, type Published } from './published-revocations.ts'

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
  readonly dataCentre:
    | {
        readonly revocations: () => Promise<unknown>
        readonly keepRevocations: (pointer: unknown) => Promise<void>
        /** False if another isolate of the data centre has claimed this slot of time. */
        readonly claimRevocations: (slot: number) => Promise<boolean>
        /** False if another isolate of the data centre has claimed a name a moment ago. */
        readonly claim: (name: string) => Promise<boolean>
        readonly isRevoked: (jti: string) => Promise<boolean>
        readonly keepRevoked: (jti: string) => Promise<void>
      }
    | undefined
  readonly region: { readonly revocations: () => Promise<unknown> }
  readonly log: () => Promise<unknown>
  readonly now: () => number
}

/** The name of the claim to ask the log. */
const LOG = 'revocation-log'

export function createNearestRevocations(options: NearestRevocationsOptions): NearestRevocations {
  const { dataCentre, region, log, now } = options
  const clock: Clock = () => Math.floor(now() / 1000)
  const time = createStoreTime(clock)
  const failedAt = new Map<object, number>()

  /** Undefined if the layer failed, or failed a moment ago. */
  async function attempt<T>(layer: object, ask: () => Promise<T>): Promise<T | undefined> {
    const since = clock() - (failedAt.get(layer) ?? Number.NEGATIVE_INFINITY)
    // A time in the future was stored before the clock was set back (NET-14).
    if (since >= 0 && since < TRUST_LAYER_RETRY_SECONDS) return undefined
    try {
      return await withDeadline(TRUST_LAYER_TIMEOUT_MILLISECONDS, ask())
    } catch {
      failedAt.set(layer, clock())
      return undefined
    }
  }

  async function keep(pointer: unknown): Promise<void> {
    if (dataCentre === undefined) return
    await attempt(dataCentre, () => dataCentre.keepRevocations(pointer))
  }

  /** Undefined if a pointer is unreadable, too old, or older than one that was seen. */
  function check(answer: unknown, newest: number): Published | undefined {
    const pointer = checkPublished(answer)
    if (pointer === undefined || pointer.sequence < newest) return undefined
    const { published_at: at } = pointer
    return time.isFuture(at) || time.isOld(at) ? undefined : pointer
  }

  /**
   * In each slot of time, one isolate of the data centre asks again, and the others use the copy. The
   * first to enter a slot asks. An isolate with a late clock finds the slot claimed, so that clocks
   * which differ cause no further questions.
   */
  async function readCopy(newest: number): Promise<Published | undefined> {
    if (dataCentre === undefined) return undefined
    const pointer = check(await attempt(dataCentre, dataCentre.revocations), newest)
    if (pointer === undefined) return undefined
    const slot = Math.floor(now() / REVOCATION_COPY_MILLISECONDS)
    const isAsker = await attempt(dataCentre, () => dataCentre.claimRevocations(slot))
    return isAsker === false ? pointer : undefined
  }

  async function askRegion(newest: number): Promise<Published | undefined> {
    const pointer = check(await attempt(region, region.revocations), newest)
    if (pointer !== undefined) await keep(pointer)
    return pointer
  }

  /**
   * If the readers of a region fail, all of its isolates would ask the log at once. One of each data
   * centre asks, and the others wait as long as a reader may take. Undefined if the caller must ask.
   */
  async function waitForCopy(newest: number): Promise<Published | undefined> {
    if (dataCentre === undefined) return undefined
    for (let look = 0; look < TRUST_CLAIM_LOOKS; look += 1) {
      const isMine = await attempt(dataCentre, () => dataCentre.claim(LOG))
      if (isMine !== false) return undefined
      await wait(TRUST_READER_WAIT_MILLISECONDS / TRUST_CLAIM_LOOKS)
      const pointer = check(await attempt(dataCentre, dataCentre.revocations), newest)
      if (pointer !== undefined) return pointer
    }
    return undefined
  }

  return {
    now,
    async confirm(jti, ask) {
      if (dataCentre === undefined) return ask()
      if (await attempt(dataCentre, () => dataCentre.isRevoked(jti))) return true
      const isRevoked = await ask()
      if (isRevoked) await attempt(dataCentre, () => dataCentre.keepRevoked(jti))
      return isRevoked
    },
    async load(newest) {
      if (!time.isLost()) {
        const near =
          (await readCopy(newest)) ?? (await askRegion(newest)) ?? (await waitForCopy(newest))
        if (near !== undefined) return near
      }
      const askedAt = clock()
      try {
        const answer = await withDeadline(STORE_TIMEOUT_MILLISECONDS, log())
        const pointer = checkPublished(answer)
        time.learn(pointer?.published_at, askedAt)
        if (pointer !== undefined) await keep(answer)
        return pointer
      } catch {
        return undefined
      }
    },
  }
}
