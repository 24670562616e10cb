/**
 * The newest pointer of the trust store in the reader of a region. The store is asked at most once a
 * second, and only if the reader is asked. If it is slow or does not answer, the last pointer is
 * used, and the isolate judges its age.
 */
import type { Clock } from '../../../core/ports.ts'
import { withDeadline } from '../../../web/deadline.ts'
import {
  TRUST_READER_MOST_SECONDS,
  TRUST_READER_POLL_SECONDS,
  TRUST_READER_WAIT_MILLISECONDS,
} from '../../trust-layers/limits.ts'
import type { TrustPointer } from '../../trust-layers/pointer.ts'
import { createPoll, isWithin } from './poll.ts'

export type NewestPointer = {
  /** Returns it with `now`, the time of the store at least. Throws if there is none. */
  readonly read: () => Promise<TrustPointer>
  /** Undefined if the last pointer is too old to be used while a new one is asked for. */
  readonly findYoung: () => TrustPointer | undefined
}

export type NewestPointerOptions = {
  readonly ask: () => Promise<TrustPointer>
  /** Called with each pointer that replaces the last one. */
  readonly onPointer: (pointer: TrustPointer) => void
  readonly clock: Clock
}

export function createNewestPointer({
  ask,
  onPointer,
  clock,
}: NewestPointerOptions): NewestPointer {
  let held: TrustPointer | undefined
  /** Epoch seconds of the question whose answer is `held`. */
  let askedAt = Number.NEGATIVE_INFINITY
  /** Epoch seconds at which `held` arrived. */
  let heardAt = 0

  const poll = createPoll({
    ask,
    keep(answer, at) {
      held = answer
      askedAt = at
      heardAt = clock()
      onPointer(answer)
    },
    now: clock,
    interval: TRUST_READER_POLL_SECONDS,
  })

  async function findNewest(): Promise<TrustPointer> {
    const at = clock()
    const last = held
    if (last !== undefined && isWithin(at, askedAt, TRUST_READER_POLL_SECONDS)) return last
    const answer = askNewest()
    if (last === undefined) return answer
    // A store that is slow must not make this reader look dead.
    if (isWithin(at, askedAt, TRUST_READER_MOST_SECONDS)) return last
    return withDeadline(TRUST_READER_WAIT_MILLISECONDS, answer).catch(() => held ?? last)
  }

  /** Returns the answer to a later question if that arrives first, also if this question fails. */
  async function askNewest(): Promise<TrustPointer> {
    const answer = await poll().catch((error: unknown) => {
      if (held === undefined) throw error
      return held
    })
    return held ?? answer
  }

  return {
    async read() {
      const newest = await findNewest()
      // Times are in whole seconds, and this one must not be in the future.
      const since = Math.max(clock() - heardAt - 1, 0)
      return { ...newest, now: newest.confirmedAt + since }
    },
    findYoung: () => (isWithin(clock(), askedAt, TRUST_READER_MOST_SECONDS) ? held : undefined),
  }
}
