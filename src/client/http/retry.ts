/**
 * The one policy for trying again: everything that leaves a client comes through here. An error
 * that may pass (`isTemporary`) is tried again after a pause with full jitter or after the time that
 * the other side names; any other error is thrown at once. Which errors may pass is for the thrower.
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
  /** How long to go on in all, beside what `Retry-After` asks for. 0 is a single try. */
  readonly seconds?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Called before each pause. */
  readonly onPause?: ((error: ExchangeError, milliseconds: number) => void) | undefined
}

/**
 * Two budgets: `seconds` for the tries and their own pauses, and 90 seconds for what `Retry-After`
 * asks in all. What would exceed either is thrown, with the number of tries.
 */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { seconds = RETRY_SECONDS, signal, onPause } = options
  const longest = Math.max(seconds, MAX_RETRY_AFTER_SECONDS)
  // Monotonic: a clock that is set must neither end the tries nor prolong them.
  const startedAt = performance.now()
  let namedSeconds = 0
  let rested = 0
  let previous: ExchangeError | undefined
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error
      // Such as a refusal of a token that was accepted before, in an answer that was lost.
      const before = previous && `; the try before it: ${previous.description}`
      if (!error.isTemporary) throw before === undefined ? error : extend(error, before)
      const { retryAfterSeconds = 0 } = error
      const pause = pauseAfter(tries, retryAfterSeconds)
      const elapsed = performance.now() - startedAt
      const own = elapsed - rested + (retryAfterSeconds === 0 ? pause : 0)
      namedSeconds += retryAfterSeconds
      if (seconds === 0 || own > seconds * 1000 || namedSeconds > longest) {
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
 * Full jitter: clients that failed together must not return together. After a `Retry-After` the
 * jitter is on top, because the time that was named is the least to wait.
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
