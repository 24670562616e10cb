/**
 * When an isolate may ask the trust store again: not at once after a failure, and behind a request
 * at most once in a second. Only times are kept, because a cancelled request would never reset a
 * flag. A time in the future does not count: the clock was set back (NET-14).
 */
import { SNAPSHOT_FRESH_SECONDS, SNAPSHOT_RETRY_SECONDS } from '../../../core/limits.ts'
import type { Clock } from '../../../core/ports.ts'

/** Times are in epoch seconds. */
export type RefreshTimes = {
  readonly noteFailure: () => void
  /** The store has answered, so an earlier failure is over. */
  readonly noteAnswer: () => void
  readonly hasFailed: (at: number) => boolean
  /** Begins a refresh behind a request. False if none may begin now. */
  readonly beginBehind: (at: number) => boolean
  readonly endBehind: () => void
}

export function createRefreshTimes(clock: Clock): RefreshTimes {
  let failedAt = Number.NEGATIVE_INFINITY
  let revalidatingSince = Number.NEGATIVE_INFINITY
  /** The end of the last refresh behind a request. */
  let revalidatedAt = Number.NEGATIVE_INFINITY

  function hasFailed(at: number): boolean {
    return isBetween(at, failedAt, failedAt + SNAPSHOT_RETRY_SECONDS)
  }

  return {
    noteFailure() {
      failedAt = clock()
    },
    noteAnswer() {
      failedAt = Number.NEGATIVE_INFINITY
    },
    hasFailed,
    beginBehind(at) {
      const isBusy = isBetween(at, revalidatingSince, revalidatingSince + SNAPSHOT_FRESH_SECONDS)
      const isDone = at === revalidatedAt
      if (isBusy || isDone || hasFailed(at)) return false
      revalidatingSince = at
      return true
    },
    endBehind() {
      revalidatingSince = Number.NEGATIVE_INFINITY
      revalidatedAt = clock()
    },
  }
}

/**
 * False if `from` is in the future. Otherwise a wait that began before the clock was set back would
 * last too long.
 */
function isBetween(at: number, from: number, until: number): boolean {
  return at >= from && at < until
}
