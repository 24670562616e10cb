/**
 * The token source of the SDK: a token holder that exchanges through failures that may pass, and
 * revokes at the end. When a token is replaced is decided in hold/.
 */
import { ExchangeError } from './exchange/exchange-error.ts'
import { exchangeSteadily, type SteadyOptions } from './exchange/exchange-steadily.ts'
import { revoke } from './exchange/revoke.ts'
import { createSteadyClock, monotonicSeconds } from './hold/steady-clock.ts'
import { createTokenHolder, type HeldToken } from './hold/token-holder.ts'
import { REFRESH_PAUSE_SECONDS } from './limits.ts'

/**
 * Options of `createTokenSource`: those of `exchange`, with a source in place of the subject token.
 */
export type TokenSourceOptions = SteadyOptions & {
  /**
   * Epoch seconds; the system's clock by default. A token also ages by the monotonic clock, so that
   * a clock that is set back does not prolong its life.
   */
  readonly now?: (() => number) | undefined
}

/** Holds one issued token, and replaces it ahead of its end. Made by `createTokenSource`. */
export type TokenSource = {
  /**
   * A token that is good for a while. Throws as `exchange` does, `ExchangeError` with the code
   * `source_unavailable` when the platform gave no token, and the reason of `signal`.
   */
  readonly getToken: (options?: { readonly signal?: AbortSignal | undefined }) => Promise<HeldToken>
  /** Revokes every token that was handed out and has not ended. The next one is a new one. */
  readonly revoke: () => Promise<void>
}

/**
 * A source of issued tokens: asks the platform for its token, exchanges it, keeps what was issued
 * and replaces it before it ends.
 *
 * A token at hand is handed out until it ends, even when its replacement fails. Failures that may
 * pass are tried again for 20 seconds, and one `Retry-After` of a minute is waited out; a refusal is
 * thrown at once.
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
      // On Workers a request waits for the refresh that it makes, so it tries once.
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
      // The token of an exchange under way must be revoked as well.
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
