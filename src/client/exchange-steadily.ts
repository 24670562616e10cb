/**
 * One issued token, through failures that pass: each try asks the platform afresh, because a rule
 * may take a subject token only once. What does not pass, such as a refusal, is thrown at once.
 */
import { wait } from './deadline.ts'
import { type ExchangedToken, exchange } from './exchange.ts'
import { ExchangeError } from './exchange-error.ts'
import { MAX_RETRY_SECONDS, RETRY_BASE_MILLISECONDS } from './limits.ts'
import { askBounded } from './sources/open-row.ts'
import type { TokenSourceOptions } from './token-source.ts'

type Steadiness = {
  readonly now: () => number
  readonly maxAttempts: number
  readonly signal: AbortSignal | undefined
}

/** The token, and the moment before the gateway was asked: its life has not begun later. */
type Obtained = { readonly token: ExchangedToken; readonly askedAt: number }

export async function exchangeSteadily(
  options: TokenSourceOptions,
  { now, maxAttempts, signal }: Steadiness,
): Promise<Obtained> {
  const { source, audience = options.url, now: _now, ...rest } = options
  const bounded = askBounded(source)
  const startedAt = now()
  for (let attempt = 1; ; attempt += 1) {
    try {
      const subjectToken = await bounded.getSubjectToken({ audience, signal })
      const askedAt = now()
      return { token: await exchange({ ...rest, subjectToken, signal }), askedAt }
    } catch (error) {
      if (!(error instanceof ExchangeError) || !error.isTemporary) throw error
      const milliseconds = pauseAfter(attempt, error.retryAfterSeconds)
      const endsAt = now() + milliseconds / 1000
      if (attempt >= maxAttempts || endsAt - startedAt > MAX_RETRY_SECONDS) throw error
      await wait(milliseconds, signal)
    }
  }
}

/** Jitter, so that a fleet that failed together does not come back together. */
function pauseAfter(attempt: number, retryAfterSeconds = 0): number {
  const milliseconds = RETRY_BASE_MILLISECONDS * 2 ** (attempt - 1)
  return retryAfterSeconds * 1000 + milliseconds * (0.5 + Math.random() / 2)
}
