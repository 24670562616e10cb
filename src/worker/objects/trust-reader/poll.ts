/**
 * Asks an object for its newest state, at most once in an interval. An answer can be lost, so the
 * next interval asks again without waiting for it. The answer to a later question wins.
 */
import { STORE_TIMEOUT_MILLISECONDS } from '../../../core/limits.ts'
import { withDeadline } from '../../../web/deadline.ts'

export type PollOptions<T> = {
  readonly ask: () => Promise<T>
  /** Takes an answer, and the time of its question. */
  readonly keep: (answer: T, askedAt: number) => void
  readonly now: () => number
  /** In the unit of `now`. */
  readonly interval: number
}

/**
 * Returns a function that asks if the last question is old enough, and returns the answer to the
 * newest question. It rejects if that failed. Calls of one object share its context, so a call may
 * await the promise of another.
 */
export function createPoll<T>({ ask, keep, now, interval }: PollOptions<T>): () => Promise<T> {
  let newest: Promise<T> | undefined
  let startedAt = Number.NEGATIVE_INFINITY
  let asked = 0
  let answered = 0

  async function start(at: number): Promise<T> {
    asked += 1
    const number = asked
    const answer = await withDeadline(STORE_TIMEOUT_MILLISECONDS, ask())
    if (number > answered) {
      answered = number
      keep(answer, at)
    }
    return answer
  }

  return () => {
    const at = now()
    if (newest !== undefined && isWithin(at, startedAt, interval)) return newest
    startedAt = at
    newest = start(at)
    // Nobody may be waiting for it any more.
    newest.catch(() => undefined)
    return newest
  }
}

/** False if `from` is in the future: the clock was set back (NET-14). */
export function isWithin(at: number, from: number, span: number): boolean {
  return at >= from && at < from + span
}
