/**
 * Limits when and how many requests may load the gateway's keys at the same time. It counts loads and
 * compares times, because on Workers a request cannot await the promise of another.
 */
import { KEYS_RETRY_SECONDS, LOAD_ABANDONED_SECONDS, MAX_COLD_LOADS } from '../limits.ts'

export type LoadMark = { readonly startedAt: number }

export type LoadGate = {
  /** Undefined when it is too early for another load, or when the limit of loads is reached. */
  readonly enter: (hasKeys: boolean) => LoadMark | undefined
  readonly leave: (mark: LoadMark, outcome: { ok: boolean; cooldownSeconds: number }) => void
  /** Whether a load of another request is still in progress. */
  readonly isBusy: () => boolean
}

export function createLoadGate(now: () => number): LoadGate {
  let closed = { from: 0, until: 0 }
  const underWay = new Set<LoadMark>()

  /** Removes old marks. A request that the platform ended never calls `leave`. */
  function forgetAbandoned(at: number): void {
    for (const mark of underWay) {
      if (Math.abs(at - mark.startedAt) >= LOAD_ABANDONED_SECONDS) underWay.delete(mark)
    }
  }

  function enter(hasKeys: boolean): LoadMark | undefined {
    const startedAt = now()
    forgetAbandoned(startedAt)
    // While keys are available, one request refreshes them and the others use the current keys.
    const isClosed = closed.from <= startedAt && startedAt < closed.until
    if (isClosed || underWay.size >= (hasKeys ? 1 : MAX_COLD_LOADS)) return undefined
    const mark = { startedAt }
    underWay.add(mark)
    return mark
  }

  return {
    enter,
    leave: (mark, { ok, cooldownSeconds }) => {
      underWay.delete(mark)
      const from = ok ? mark.startedAt : now()
      closed = { from, until: from + (ok ? cooldownSeconds : KEYS_RETRY_SECONDS) }
    },
    isBusy: () => {
      forgetAbandoned(now())
      return underWay.size > 0
    },
  }
}
