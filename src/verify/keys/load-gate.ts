/**
 * Lets one request load the gateway's keys while others wait, and pauses after failures. It counts
 * loads and compares times, because on Workers a request cannot await the promise of another.
 */
import { wait } from '../../web/deadline.ts'
import {
  KEYS_FIRST_RETRY_SECONDS,
  KEYS_RETRY_SECONDS,
  LOAD_ABANDONED_SECONDS,
  LOAD_OVERTAKE_POLLS,
  LOAD_POLL_MILLISECONDS,
  MAX_LOAD_POLLS,
} from '../limits.ts'

export type LoadMark = {
  readonly startedAt: number
  /** The failed loads in a row before this one. */
  readonly failures: number
}

export type LoadGate = {
  /** Undefined when it is too early for another load, or while another request loads. */
  readonly enter: () => LoadMark | undefined
  /**
   * Waits until another request has loaded, or none loads, for `MAX_LOAD_POLLS` at most. Returns a
   * mark if that takes long, because the platform may have ended the request that loads.
   */
  readonly overtake: (isLoaded: () => boolean) => Promise<LoadMark | undefined>
  /** Ends a load. Without an outcome, it changes nothing else: a newer load has succeeded. */
  readonly leave: (mark: LoadMark, outcome?: { ok: boolean; cooldownSeconds: number }) => void
  /** Whether a load of another request is still in progress. */
  readonly isBusy: () => boolean
}

/**
 * With `tolerated`, any number of requests may load at once, until more than that many loads in a row
 * have failed. Then one at a time may load, after a pause, until a load succeeds.
 */
export function createLoadGate(now: () => number, tolerated = 0): LoadGate {
  let closed = { from: 0, until: 0 }
  let failures = 0
  const underWay = new Set<LoadMark>()

  /** Removes old marks. A request that the platform ended never calls `leave`. */
  function forgetAbandoned(at: number): void {
    for (const mark of underWay) {
      if (Math.abs(at - mark.startedAt) >= LOAD_ABANDONED_SECONDS) underWay.delete(mark)
    }
  }

  function enter(others = 0): LoadMark | undefined {
    const startedAt = now()
    if (tolerated > 0 && failures <= tolerated) return { startedAt, failures }
    forgetAbandoned(startedAt)
    const isClosed = closed.from <= startedAt && startedAt < closed.until
    if (isClosed || underWay.size > others) return undefined
    const mark = { startedAt, failures }
    underWay.add(mark)
    return mark
  }

  function isBusy(): boolean {
    forgetAbandoned(now())
    return underWay.size > 0
  }

  async function overtake(isLoaded: () => boolean): Promise<LoadMark | undefined> {
    const isOver = () => isLoaded() || !isBusy()
    for (let poll = 1; !isOver() && poll <= MAX_LOAD_POLLS; poll += 1) {
      await wait(LOAD_POLL_MILLISECONDS)
      if (poll % LOAD_OVERTAKE_POLLS !== 0 || isOver()) continue
      const mark = enter(poll / LOAD_OVERTAKE_POLLS)
      if (mark !== undefined) return mark
    }
    return undefined
  }

  return {
    enter: () => enter(),
    overtake,
    leave: (mark, outcome) => {
      underWay.delete(mark)
      if (outcome === undefined) return
      const { ok, cooldownSeconds } = outcome
      // Loads that overlap count as one failure.
      failures = ok ? 0 : Math.max(failures, mark.failures + 1)
      const from = ok ? mark.startedAt : now()
      closed = { from, until: from + (ok ? cooldownSeconds : pauseAfter(failures - tolerated)) }
    },
    isBusy,
  }
}

/** Returns seconds. */
function pauseAfter(failures: number): number {
  return Math.min(KEYS_FIRST_RETRY_SECONDS * 2 ** (failures - 1), KEYS_RETRY_SECONDS)
}
