/**
 * The retry policy of the client. After a temporary error (`isTemporary`) it pauses with full jitter,
 * or for the time in `Retry-After`, and tries again. Any other error is thrown at once. The code that
 * throws an error decides whether it is temporary.
 */
import { wait } from '../../web/deadline.ts'
import { ExchangeError } from '../exchange/exchange-error.ts'
import {
  MAX_RETRY_AFTER_SECONDS,
  RETRY_AFTER_SPREAD,
  RETRY_FIRST_MILLISECONDS,
  RETRY_LARGEST_MILLISECONDS,
  RETRY_SECONDS,
} from '../limits.ts'

export type RetryOptions = {
  /** The total time for tries, without the waits of `Retry-After`. 0 means a single try. */
  readonly seconds?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Called before each pause. */
  readonly onPause?: ((error: ExchangeError, milliseconds: number) => void) | undefined
}

/**
 * Calls `attempt` until it succeeds, fails permanently, or a budget is used up. There are two budgets:
 * `seconds` for the tries and their own pauses, and 90 seconds in total for `Retry-After`. The last
 * error is then thrown with the number of tries.
 */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { seconds = RETRY_SECONDS, signal, onPause } = options
  const longest = Math.max(seconds, MAX_RETRY_AFTER_SECONDS)
  // A monotonic clock: setting the wall clock must neither end nor prolong the tries.
  const startedAt = performance.now()
  let rested = 0
  let previous: ExchangeError | undefined
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error
      // The previous try may explain this error: the gateway may have accepted the subject token, and
      // its answer was lost. A rule with `replay: once` then refuses the token.
      const before = previous && `; the previous try: ${previous.description}`
      if (!error.isTemporary) throw before === undefined ? error : extend(error, before)
      const { retryAfterSeconds = 0 } = error
      const pause = pauseAfter(tries, retryAfterSeconds)
      const elapsed = performance.now() - startedAt
      const own = elapsed - rested + (retryAfterSeconds === 0 ? pause : 0)
      // Counts whole pauses, of which a fifth may be jitter. After a short Retry-After most of the pause
      // is jitter: an answer that always asks for one second must not keep a client for minutes.
      const named = rested / 1000 / (1 + RETRY_AFTER_SPREAD) + retryAfterSeconds
      if (seconds === 0 || own > seconds * 1000 || named > longest) {
        const spent = `; ${tries} tries in ${Math.ceil(elapsed / 1000)} seconds`
        throw tries === 1 ? error : extend(error, spent)
      }
      onPause?.(error, pause)
      await wait(pause, signal)
      if (retryAfterSeconds > 0) rested += pause
      previous = error
    }
  }
}

/**
 * Returns the pause in milliseconds, with full jitter: clients that failed together must not return
 * together. After a `Retry-After` the jitter is added, because its value is the minimum wait.
 */
export function pauseAfter(tries: number, retryAfterSeconds = 0): number {
  const named = retryAfterSeconds * 1000
  const own = Math.min(RETRY_LARGEST_MILLISECONDS, RETRY_FIRST_MILLISECONDS * 2 ** (tries - 1))
  return named + Math.random() * Math.max(own, named * RETRY_AFTER_SPREAD)
}

function extend(error: ExchangeError, more: string): ExchangeError {
  return new ExchangeError({
    ...error,
    description: error.description + more,
    cause: error.cause,
  })
}
