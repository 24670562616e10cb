/**
 * Holds one issued token and replaces it ahead of its end. Where promises may be shared there is
 * one exchange at a time and everybody waits for it. On Workers a promise belongs to the request
 * that made it, so only settled tokens are shared: without one, each request exchanges for itself,
 * bounded in number; with one, a single request replaces it and the others go on with what there is.
 */
import { abortable } from '../web/deadline.ts'
import type { ExchangedToken, ExchangeOptions } from './exchange/exchange.ts'
import { ExchangeError } from './exchange/exchange-error.ts'
import { createExchangeGate } from './exchange/exchange-gate.ts'
import { exchangeSteadily } from './exchange/exchange-steadily.ts'
import { revoke } from './exchange/revoke.ts'
import type { RetryOptions } from './http/retry.ts'
import {
  MAX_ISSUED_TOKENS,
  REFRESH_AFTER_SHARE,
  REFRESH_PAUSE_SECONDS,
  SPARE_SECONDS,
  SPARE_SHARE,
} from './limits.ts'
import type { SubjectTokenSource } from './subject-token-source.ts'

/**
 * Options of `createTokenSource`: those of `exchange`, with a source in place of the subject token.
 */
export type TokenSourceOptions = Omit<ExchangeOptions, 'subjectToken' | 'signal'> & {
  /** Where the platform's own token comes from: what `detect` or `openSource` found. */
  readonly source: SubjectTokenSource
  /** The audience that the gateway expects of the subject token; its issuer, `url`, by default. */
  readonly audience?: string | undefined
  /** How long to try again in all what may pass; 20 by default, 0 for a single try. */
  readonly retrySeconds?: number | undefined
  /** Epoch seconds; the system's clock by default. */
  readonly now?: (() => number) | undefined
}

/** An issued token, and when it ends in epoch seconds by the clock of this side. */
export type HeldToken = ExchangedToken & { readonly expiresAt: number }

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

type Held = {
  readonly token: HeldToken
  readonly askedAt: number
  readonly refreshAt: number
  readonly usableUntil: number
}

/**
 * A source of issued tokens: asks the platform for its token, exchanges it, keeps what was issued
 * and replaces it before it ends.
 *
 * A token at hand is handed out until it ends, however its replacement fares. Failures that may
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
  const now = options.now ?? (() => Date.now() / 1000)
  const mayShare = globalThis.navigator?.userAgent !== 'Cloudflare-Workers'
  let held: Held | undefined
  let issued: readonly HeldToken[] = []
  let pausedUntil = 0
  let underWay: Promise<HeldToken> | undefined
  const gate = createExchangeGate(now)

  /** Not with a clock that was set back since: nobody knows when that token ends. */
  const isUsable = (one: Held, at: number) => one.askedAt <= at && at < one.usableUntil

  async function renew(bounds: RetryOptions): Promise<HeldToken> {
    try {
      const { token, askedAt } = await exchangeSteadily(options, { now, ...bounds })
      pausedUntil = 0
      const next = hold(token, askedAt)
      const live = issued.filter(({ expiresAt }) => expiresAt > now())
      issued = [...live, next.token].slice(-MAX_ISSUED_TOKENS)
      // Two may overlap on Workers: the one that ends later stays.
      const isLonger = held !== undefined && held.token.expiresAt > next.token.expiresAt
      if (held === undefined || !isLonger || !isUsable(held, askedAt)) held = next
      return next.token
    } catch (error) {
      const seconds = error instanceof ExchangeError ? (error.retryAfterSeconds ?? 0) : 0
      pausedUntil = now() + Math.max(seconds, REFRESH_PAUSE_SECONDS)
      throw error
    }
  }

  /** One exchange for everybody, which no caller's signal ends: others may wait for it. */
  function renewForAll(): Promise<HeldToken> {
    underWay ??= renew({}).finally(() => {
      underWay = undefined
    })
    return underWay
  }

  /** One exchange for the request that asks. Undefined when enough others are at it. */
  async function renewAlone(signal: AbortSignal | undefined, hasToken: boolean) {
    const mark = gate.enter(hasToken)
    if (mark === undefined) return undefined
    try {
      return await renew(hasToken ? { seconds: 0, signal } : { signal })
    } finally {
      gate.leave(mark)
    }
  }

  async function getToken({ signal }: { readonly signal?: AbortSignal | undefined } = {}) {
    signal?.throwIfAborted()
    const at = now()
    const current = held !== undefined && isUsable(held, at) ? held : undefined
    if (current === undefined) {
      if (mayShare) return abortable(renewForAll(), signal)
      return (await renewAlone(signal, false)) ?? fail()
    }
    if (at < current.refreshAt || at < pausedUntil) return current.token
    if (mayShare) {
      // Behind the answer. A failure matters to nobody while the token at hand is good.
      renewForAll().catch(() => {})
      return current.token
    }
    const next = await renewAlone(signal, true).catch(() => undefined)
    signal?.throwIfAborted()
    return next ?? current.token
  }

  async function revokeIssued(): Promise<void> {
    // What is under way would outlive this call.
    if (mayShare) await underWay?.catch(() => {})
    held = undefined
    const { url, fetch } = options
    for (const token of issued) {
      if (token.expiresAt > now()) await revoke({ url, token: token.accessToken, fetch })
      issued = issued.filter((other) => other !== token)
    }
  }

  return { getToken, revoke: revokeIssued }
}

function hold(token: ExchangedToken, askedAt: number): Held {
  const { expiresInSeconds } = token
  const expiresAt = askedAt + expiresInSeconds
  return {
    token: { ...token, expiresAt },
    askedAt,
    refreshAt: askedAt + expiresInSeconds * REFRESH_AFTER_SHARE,
    usableUntil: expiresAt - Math.min(SPARE_SECONDS, expiresInSeconds * SPARE_SHARE),
  }
}

function fail(): never {
  throw new ExchangeError({
    code: 'temporarily_unavailable',
    description: 'too many requests wait for a token',
  })
}
