/**
 * How many requests may exchange at once on Workers, where no request can wait for the promise of
 * another. It only counts, and compares moments.
 */
import { EXCHANGE_ABANDONED_SECONDS, MAX_COLD_EXCHANGES } from '../limits.ts'

type Mark = { readonly at: number }

export type ExchangeGate = {
  /** Undefined when enough others are under way: one with a token at hand, `MAX_COLD_EXCHANGES` without. */
  readonly enter: (hasToken: boolean) => Mark | undefined
  readonly leave: (mark: Mark) => void
}

/** `now` never goes back. */
export function createExchangeGate(now: () => number): ExchangeGate {
  const underWay = new Set<Mark>()
  return {
    enter(hasToken) {
      const mark = { at: now() }
      for (const other of underWay) {
        // A request that the platform cut off never leaves, so its mark expires.
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
