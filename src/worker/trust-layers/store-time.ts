/**
 * The clock of the trust store, as an isolate knows it. Clocks differ, and can be moved. Each answer
 * of the store itself tells the difference, so a moved clock costs one question to the store.
 */
import type { Clock } from '../../core/ports.ts'
import { TRUST_CLOCK_DIFFERENCE_SECONDS, TRUST_POINTER_MOST_SECONDS } from '../limits.ts'

export type StoreTime = {
  /** `at` is the store's time in an answer to a question of `askedAt`. */
  readonly learn: (at: number | undefined, askedAt: number) => void
  /** Whether the store confirmed a pointer later than now. */
  readonly isFuture: (confirmedAt: number) => boolean
  /** Whether a pointer is too old to decide from while the store answers. */
  readonly isOld: (confirmedAt: number) => boolean
  /** Returns the time by this isolate's clock from which the age of a pointer counts. */
  readonly countFrom: (confirmedAt: number) => number
}

export function createStoreTime(clock: Clock): StoreTime {
  /** How far the store's clock is ahead, in seconds. */
  let ahead = 0
  const ageOf = (confirmedAt: number) => clock() + ahead - confirmedAt
  return {
    learn(at, askedAt) {
      if (at === undefined) return
      // It is at most this, because the store answered after the question. A small difference is
      // within the bound, and the time of the answer makes it inexact.
      const most = at - askedAt
      ahead = Math.abs(most) <= TRUST_CLOCK_DIFFERENCE_SECONDS ? 0 : most
    },
    isFuture: (confirmedAt) => ageOf(confirmedAt) < -TRUST_CLOCK_DIFFERENCE_SECONDS,
    isOld: (confirmedAt) => ageOf(confirmedAt) > TRUST_POINTER_MOST_SECONDS,
    countFrom: (confirmedAt) => confirmedAt - ahead - TRUST_CLOCK_DIFFERENCE_SECONDS,
  }
}
