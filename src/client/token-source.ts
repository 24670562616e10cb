/**
 * The token source of the SDK: exchanges with retries, keeps the token, and revokes it on request.
 * The files in hold/ decide when a token is replaced.
 */
import { type Authorizer, createAuthorizer } from './bind/authorize.ts'
import { createProofKey } from './bind/proof-key.ts'
import { ExchangeError } from './exchange/exchange-error.ts'
import { exchangeSteadily } from './exchange/exchange-steadily.ts'
import { revoke } from './exchange/revoke.ts'
import { createSteadyClock, monotonicSeconds } from './hold/steady-clock.ts'
import { createTokenHolder, type HeldToken } from './hold/token-holder.ts'
import { REFRESH_PAUSE_SECONDS } from './limits.ts'
import { OptionError } from './option-error.ts'
import { checkTokenSourceOptions, type TokenSourceOptions } from './token-source-options.ts'

/** Keeps one issued token and replaces it before it expires. `createTokenSource` makes it. */
export type TokenSource = {
  /**
   * Sends a request to the API, as the global `fetch` does, with a token and, if it is bound, with a
   * proof for this request. If the API asks for a nonce, the request is sent again, once and only if
   * its body is not a stream. Redirects are not followed. Also throws what `getToken` throws.
   */
  readonly fetch: Authorizer['fetch']
  /**
   * Returns the headers for one request, for HTTP clients other than `fetch`: `authorization` and, if
   * the token is bound, `dpop`. Call it again for each request and each retry: a proof is accepted once.
   * @throws TypeError for a URL that is neither https nor of a loopback address
   */
  readonly authorize: Authorizer['authorize']
  /**
   * Reads the answer to a request that was sent with `authorize`, and remembers its nonce. Returns
   * whether to send the request again, because the API asked for a nonce (RFC 9449 §9).
   */
  readonly shouldRepeat: Authorizer['shouldRepeat']
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
 * @throws TypeError if an option is wrong. The message names the option.
 *
 * @example
 * const { source } = await detect()
 * const tokens = createTokenSource({
 *   url: 'https://sts.example.com',
 *   resource: 'https://api.example.com',
 *   source,
 * })
 * const { accessToken } = await tokens.getToken()
 * const response = await tokens.fetch('https://api.example.com/deployments')
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  checkTokenSourceOptions(options)
  const { now: wall = () => Date.now() / 1000, bind, ...unbound } = options
  const proofKey = chooseProofKey(bind, options.proofKey)
  const steady = { ...unbound, proofKey }
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
  const getToken: TokenSource['getToken'] = ({ signal } = {}) => holder.get(signal)
  return {
    ...createAuthorizer({ getToken, proofKey, fetch: options.fetch }),
    getToken,
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

function chooseProofKey(
  bind: TokenSourceOptions['bind'],
  proofKey: TokenSourceOptions['proofKey'],
): TokenSourceOptions['proofKey'] {
  if (bind !== undefined && bind !== 'dpop' && bind !== 'none') {
    throw new OptionError('bind must be "dpop" or "none"')
  }
  if (bind === 'none' && proofKey !== undefined) {
    throw new OptionError('proofKey cannot be used with bind: "none"')
  }
  return proofKey ?? (bind === 'dpop' ? createProofKey() : undefined)
}
