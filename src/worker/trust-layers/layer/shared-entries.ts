/**
 * What the isolates of a data centre share: one of them loads something and keeps it there, and the
 * others wait for it. Without a data centre, each isolate loads everything itself.
 */
import { wait } from '../../../web/deadline.ts'
import {
  TRUST_CLAIM_LOOK_MILLISECONDS,
  TRUST_CLAIM_LOOKS,
  TRUST_CLAIM_SPREAD_MILLISECONDS,
  TRUST_LAYER_TIMEOUT_MILLISECONDS,
} from '../limits.ts'
import type { Attempt } from './attempt.ts'
import type { DataCentre } from './data-centre.ts'

type Read<T> = (cache: DataCentre) => Promise<T | undefined>

export type SharedEntries = {
  /** Undefined if there is no entry; null if the data centre failed or the entry is not usable. */
  readonly look: <T>(read: Read<T>) => Promise<T | undefined | null>
  /**
   * Reads something from the data centre. Many isolates can miss it in the same moment, so one
   * claims to load it, and the others look again for a while. Undefined if the caller must load it.
   * `isFirst`: the isolate has nothing yet, and others may start at the same time.
   */
  readonly readOrClaim: <T>(name: string, isFirst: boolean, read: Read<T>) => Promise<T | undefined>
  /** Keeps something in the data centre. A failure only makes the next answer slower. */
  readonly keep: (put: (cache: DataCentre) => Promise<void>) => Promise<void>
}

export type SharedEntriesOptions = {
  readonly dataCentre: DataCentre | undefined
  readonly attempt: Attempt
  /** Returns a number from 0 to 1. */
  readonly random: () => number
}

export function createSharedEntries(options: SharedEntriesOptions): SharedEntries {
  const { dataCentre, attempt, random } = options

  /** Undefined without a data centre. */
  async function inTime<T>(ask: (cache: DataCentre) => Promise<T>): Promise<T | undefined | null> {
    if (dataCentre === undefined) return undefined
    return attempt('data_centre', () => ask(dataCentre), TRUST_LAYER_TIMEOUT_MILLISECONDS)
  }

  return {
    look: inTime,
    async readOrClaim(name, isFirst, read) {
      if (dataCentre === undefined) return undefined
      const found = await inTime(read)
      // A forged or damaged entry is replaced by what the caller loads.
      if (found !== undefined) return found ?? undefined
      // Isolates that start at once would all find no claim.
      if (isFirst) await wait(random() * TRUST_CLAIM_SPREAD_MILLISECONDS)
      for (let left = TRUST_CLAIM_LOOKS; left > 0; left -= 1) {
        const isMine = await inTime((cache) => cache.claim(name))
        if (isMine !== false) return undefined
        await wait(TRUST_CLAIM_LOOK_MILLISECONDS)
        const kept = await inTime(read)
        if (kept !== undefined) return kept ?? undefined
      }
      return undefined
    },
    async keep(put) {
      await inTime(put)
    },
  }
}
