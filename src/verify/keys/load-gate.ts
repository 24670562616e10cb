/**
 * Says when the gateway may be asked for its keys, and how many requests may be at it at once. It
 * counts and compares moments only: on Workers no request can wait for another one's promise.
 */
import { KEYS_RETRY_SECONDS, LOAD_ABANDONED_SECONDS, MAX_COLD_LOADS } from '../limits.ts'

export type LoadMark = { readonly startedAt: number }

export type LoadGate = {
  /** Undefined when it is too early, or when enough others are at it. */
  readonly enter: (hasKeys: boolean) => LoadMark | undefined
  readonly leave: (mark: LoadMark, outcome: { ok: boolean; cooldownSeconds: number }) => void
  /** Whether a load that others started has not settled yet. */
  readonly isBusy: () => boolean
}

export function createLoadGate(now: () => number): LoadGate {
  let closed = { from: 0, until: 0 }
  const underWay = new Set<LoadMark>()

  /** A request that the platform cut off never leaves: its mark must not close the gate for good. */
  function forgetAbandoned(at: number): void {
    for (const mark of underWay) {
      if (Math.abs(at - mark.startedAt) >= LOAD_ABANDONED_SECONDS) underWay.delete(mark)
    }
  }

  function enter(hasKeys: boolean): LoadMark | undefined {
    const startedAt = now()
    forgetAbandoned(startedAt)
    // With keys at hand one request refreshes them, and the others go on with what there is.
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
