/**
 * The token source of the SDK: exchanges with retries, keeps the token, and revokes it on request.
 * The files in hold/ decide when a token is replaced.
 */
import { ExchangeError } from './exchange/exchange-error.ts'
import { exchangeSteadily, type SteadyOptions } from './exchange/exchange-steadily.ts'
import { revoke } from './exchange/revoke.ts'
import { createSteadyClock, monotonicSeconds } from './hold/steady-clock.ts'
import { createTokenHolder, type HeldToken } from './hold/token-holder.ts'
import { REFRESH_PAUSE_SECONDS } from './limits.ts'

/** Options of `createTokenSource`: those of `exchange`, with a source instead of a subject token. */
export type TokenSourceOptions = SteadyOptions & {
  /**
   * The clock, in epoch seconds. Default: the system clock. The age of a token is also measured with
   * the monotonic clock, so that setting the system clock back does not prolong its use.
   */
  readonly now?: (() => number) | undefined
}

/** Keeps one issued token and replaces it before it expires. `createTokenSource` makes it. */
export type TokenSource = {
  /**
   * Returns a token that does not expire within the next seconds. Throws what `exchange` throws.
   * Also throws `ExchangeError` with the code `source_unavailable` when the platform returns no
   * token.
   */
  readonly getToken: (options?: { readonly signal?: AbortSignal | undefined }) => Promise<HeldToken>
  /** Revokes every issued token that has not expired. `getToken` then returns a new one. */
  readonly revoke: () => Promise<void>
}

/**
 * Creates a source of issued tokens. It requests the platform's token, exchanges it, keeps the issued
 * token and replaces it before it expires.
 *
 * If the replacement fails, the current token is returned until it expires. Temporary failures are
 * tried again for 20 seconds, and a `Retry-After` of one minute is respected. A refusal is thrown at
 * once.
 *
 * @example
 * const { source } = await detect()
 * const tokens = createTokenSource({
 *   url: 'https://sts.example.com',
 *   resource: 'https://api.example.com',
 *   source,
 * })
 * const { accessToken } = await tokens.getToken()
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { now: wall = () => Date.now() / 1000, ...steady } = options
  const readClock = createSteadyClock({ wall, monotonic: monotonicSeconds })
  const mayShare = globalThis.navigator?.userAgent !== 'Cloudflare-Workers'
  const holder = createTokenHolder({
    readClock,
    mayShare,
    obtain({ signal, isAhead }) {
      // On Workers a request waits for its own refresh, so it tries only once.
      const isSingleTry = isAhead && !mayShare
      return exchangeSteadily(steady, readClock, { signal, ...(isSingleTry ? { seconds: 0 } : {}) })
    },
    pauseAfter(error) {
      const seconds = error instanceof ExchangeError ? (error.retryAfterSeconds ?? 0) : 0
      return Math.max(seconds, REFRESH_PAUSE_SECONDS)
    },
  })
  return {
    getToken: ({ signal } = {}) => holder.get(signal),
    async revoke() {
      // The token of an exchange in progress must be revoked as well.
      await holder.settle()
      holder.drop()
      const { url, fetch } = options
      for (const token of holder.issued()) {
        await revoke({ url, token: token.accessToken, fetch })
        holder.forget(token)
      }
    },
  }
}
