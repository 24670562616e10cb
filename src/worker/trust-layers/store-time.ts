/**
 * The clock of the trust store, as an isolate knows it. Clocks differ, and can be moved. Each answer
 * of the store tells the difference, so a moved clock costs one question to the store.
 */
import type { Clock } from '../../core/ports.ts'
import { TRUST_CLOCK_DIFFERENCE_SECONDS, TRUST_POINTER_MOST_SECONDS } from './limits.ts'

export type StoreTime = {
  /** `at` is the store's time in an answer to a question of `askedAt`. */
  readonly learn: (at: number | undefined, askedAt: number) => void
  /** Whether the clock of this isolate was set back since the store told the difference. */
  readonly isLost: () => boolean
  /** Whether a pointer is from later than now. Call it once for each pointer. */
  readonly isFuture: (pointerAt: number) => boolean
  /** Whether a pointer is too old to decide from while the store answers. */
  readonly isOld: (confirmedAt: number) => boolean
  /** Returns the time by this isolate's clock from which the age of a pointer counts. */
  readonly countFrom: (confirmedAt: number) => number
}

export function createStoreTime(clock: Clock): StoreTime {
  /** How far the store's clock is ahead at most, in seconds. */
  let ahead = 0
  let latest = Number.NEGATIVE_INFINITY
  let isLost = false

  function read(): number {
    const at = clock()
    if (at < latest) isLost = true
    latest = at
    return at
  }

  const ageOf = (time: number) => read() + ahead - time
  return {
    learn(at, askedAt) {
      read()
      // A store of release 0.2.0 does not tell its time.
      if (at === undefined) return
      // The store answered after the question, so it is ahead by no more than this.
      ahead = at - askedAt
      isLost = false
    },
    isLost() {
      read()
      return isLost
    },
    isFuture(pointerAt) {
      const age = ageOf(pointerAt)
      if (age < -TRUST_CLOCK_DIFFERENCE_SECONDS) return true
      // The store is ahead by at least this much.
      if (age < 0) ahead -= age
      return false
    },
    isOld: (confirmedAt) => ageOf(confirmedAt) >= TRUST_POINTER_MOST_SECONDS,
    countFrom: (confirmedAt) => confirmedAt - ahead - TRUST_CLOCK_DIFFERENCE_SECONDS,
  }
}
