/**
 * Limits how many requests may exchange at the same time on Workers, where a request cannot await
 * the promise of another. It counts exchanges and compares times; it makes none itself.
 */
import { EXCHANGE_ABANDONED_SECONDS, MAX_COLD_EXCHANGES } from '../limits.ts'

type Mark = { readonly at: number }

export type ExchangeGate = {
  /**
   * Undefined when the limit is reached. The limit is one exchange while a token is available, and
   * `MAX_COLD_EXCHANGES` otherwise.
   */
  readonly enter: (hasToken: boolean) => Mark | undefined
  readonly leave: (mark: Mark) => void
}

/** Creates a gate. `now` must be monotonic. */
export function createExchangeGate(now: () => number): ExchangeGate {
  const underWay = new Set<Mark>()
  return {
    enter(hasToken) {
      const mark = { at: now() }
      for (const other of underWay) {
        // A request that the platform ended never calls `leave`, so its mark expires.
        if (mark.at - other.at >= EXCHANGE_ABANDONED_SECONDS) underWay.delete(other)
      }
      if (underWay.size >= (hasToken ? 1 : MAX_COLD_EXCHANGES)) return undefined
      underWay.add(mark)
      return mark
    },
    leave: (mark) => {
      underWay.delete(mark)
    },
  }
}
