/**
 * On Workers, where no request can wait for another one's promise: how many requests may exchange
 * at once. It counts and compares moments only.
 */
import { EXCHANGE_ABANDONED_SECONDS, MAX_COLD_EXCHANGES } from '../limits.ts'

type Mark = { readonly at: number }

export type ExchangeGate = {
  /** Undefined when enough others are at it: one where a token is at hand, a crowd where none is. */
  readonly enter: (hasToken: boolean) => Mark | undefined
  readonly leave: (mark: Mark) => void
}

export function createExchangeGate(now: () => number): ExchangeGate {
  const underWay = new Set<Mark>()
  return {
    enter(hasToken) {
      const mark = { at: now() }
      for (const other of underWay) {
        // A request that the platform cut off never leaves: its mark must not stay for good.
        if (Math.abs(mark.at - other.at) >= EXCHANGE_ABANDONED_SECONDS) underWay.delete(other)
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
