/**
 * The copy of the published revocations in a data centre. One of its isolates asks for newer ones, and
 * the others use what that one has kept.
 */

import { wait } from '../../../web/deadline.ts'
import { REVOCATION_COPY_MILLISECONDS } from '../../limits.ts'
import type { LayerName } from '../../trust-layers/layer/layer.ts'
import { TRUST_CLAIM_LOOKS, TRUST_READER_WAIT_MILLISECONDS } from '../../trust-layers/limits.ts'
import type { Published } from './published-revocations.ts'

/** What the isolates of a data centre share. */
export type SharedRevocations = {
  readonly revocations: () => Promise<unknown>
  readonly keepRevocations: (pointer: unknown) => Promise<void>
  /** False if another isolate of the data centre has claimed this slot of time. */
  readonly claimRevocations: (slot: number) => Promise<boolean>
  /** False if another isolate of the data centre has claimed a name a moment ago. */
  readonly claim: (name: string) => Promise<boolean>
  readonly isRevoked: (jti: string) => Promise<boolean>
  readonly keepRevoked: (jti: string) => Promise<void>
}

export type RevocationCopy = {
  /** Undefined if the copy is not usable, or this isolate is the one that asks again. */
  readonly read: (newest: number) => Promise<Published | undefined>
  readonly keep: (pointer: unknown) => Promise<unknown>
  /** Waits until another isolate has kept a pointer. Undefined if the caller must ask the log. */
  readonly waitFor: (newest: number) => Promise<Published | undefined>
  /** Whether a token is revoked. `ask` asks the log. Only a yes is kept. */
  readonly confirm: (jti: string, ask: () => Promise<boolean>) => Promise<boolean>
}

export type RevocationCopyOptions = {
  /** Undefined if the layer failed, or failed a moment ago. */
  readonly attempt: <T>(layer: LayerName, ask: () => Promise<T>) => Promise<T | undefined>
  /** Undefined if a pointer is unreadable, too old, or older than `newest`. */
  readonly check: (answer: unknown, newest: number) => Published | undefined
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** The name of the claim to ask the log. */
const LOG = 'revocation-log'

export function createRevocationCopy(
  dataCentre: SharedRevocations,
  { attempt, check, now }: RevocationCopyOptions,
): RevocationCopy {
  /**
   * In each slot of time, one isolate of the data centre asks again, and the others use the copy. The
   * first to enter a slot asks. An isolate with a late clock finds the slot claimed, so that clocks
   * which differ cause no further questions.
   */
  async function read(newest: number): Promise<Published | undefined> {
    const pointer = check(await attempt('data_centre', dataCentre.revocations), newest)
    if (pointer === undefined) return undefined
    const slot = Math.floor(now() / REVOCATION_COPY_MILLISECONDS)
    const isAsker = await attempt('data_centre', () => dataCentre.claimRevocations(slot))
    return isAsker === false ? pointer : undefined
  }

  /**
   * If the readers of a region fail, all of its isolates would ask the log at once. One of each data
   * centre asks, and the others wait as long as a reader may take. Undefined if the caller must ask.
   */
  async function waitFor(newest: number): Promise<Published | undefined> {
    for (let look = 0; look < TRUST_CLAIM_LOOKS; look += 1) {
      const isMine = await attempt('data_centre', () => dataCentre.claim(LOG))
      if (isMine !== false) return undefined
      await wait(TRUST_READER_WAIT_MILLISECONDS / TRUST_CLAIM_LOOKS)
      const pointer = check(await attempt('data_centre', dataCentre.revocations), newest)
      if (pointer !== undefined) return pointer
    }
    return undefined
  }

  return {
    read,
    keep: (pointer) => attempt('data_centre', () => dataCentre.keepRevocations(pointer)),
    waitFor,
    async confirm(jti, ask) {
      if (await attempt('data_centre', () => dataCentre.isRevoked(jti))) return true
      const isRevoked = await ask()
      if (isRevoked) await attempt('data_centre', () => dataCentre.keepRevoked(jti))
      return isRevoked
    },
  }
}
