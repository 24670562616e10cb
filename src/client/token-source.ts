/**
 * Holds one issued token and replaces it ahead of its end. Where promises may be shared there is
 * one exchange at a time and everybody waits for it. On Workers a promise belongs to the request
 * that made it, so only settled tokens are shared: without one, each request exchanges for itself,
 * bounded in number; with one, a single request replaces it and the others go on with what there is.
 */
import { abortable } from './deadline.ts'
import type { ExchangedToken, ExchangeOptions } from './exchange.ts'
import { ExchangeError } from './exchange-error.ts'
import { exchangeSteadily } from './exchange-steadily.ts'
import {
  EXCHANGE_ABANDONED_SECONDS,
  MAX_ATTEMPTS,
  MAX_COLD_EXCHANGES,
  REFRESH_AFTER_SHARE,
  REFRESH_PAUSE_SECONDS,
  SPARE_SECONDS,
  SPARE_SHARE,
} from './limits.ts'
import { revoke } from './revoke.ts'
import type { SubjectTokenSource } from './subject-token-source.ts'

export type TokenSourceOptions = Omit<ExchangeOptions, 'subjectToken' | 'signal'> & {
  /** Where the platform's own token comes from: what `detect` or `openSource` found. */
  readonly source: SubjectTokenSource
  /** The audience that the gateway expects of the subject token; `url` by default. */
  readonly audience?: string | undefined
  /** Epoch seconds; the system's clock by default. */
  readonly now?: (() => number) | undefined
}

/** An issued token, and when it ends in epoch seconds by the clock of this side. */
export type HeldToken = ExchangedToken & { readonly expiresAt: number }

export type TokenSource = {
  /**
   * A token that is good for a while. Throws as `exchange` does, `ExchangeError` with the code
   * `source_unavailable` when the platform gave no token, and the reason of `signal`.
   */
  readonly getToken: (options?: { readonly signal?: AbortSignal | undefined }) => Promise<HeldToken>
  /** Revokes every token that was handed out and has not ended. The next one is a new one. */
  readonly revoke: () => Promise<void>
}

type Held = { readonly token: HeldToken; readonly refreshAt: number; readonly usableUntil: number }

/**
 * A source of issued tokens: asks the platform for its token, exchanges it, keeps what was issued
 * and replaces it before it ends.
 *
 * A token at hand is handed out until it ends, however its replacement fares. Failures that may
 * pass are tried again, with a pause that grows; a refusal is thrown at once.
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
  /** On Workers: when each exchange began that has not settled. */
  const begun = new Set<{ readonly at: number }>()

  async function renew(maxAttempts: number, signal?: AbortSignal): Promise<HeldToken> {
    try {
      const { token, askedAt } = await exchangeSteadily(options, { now, maxAttempts, signal })
      pausedUntil = 0
      return keep({ ...token, expiresAt: askedAt + token.expiresInSeconds }, askedAt)
    } catch (error) {
      const seconds = error instanceof ExchangeError ? (error.retryAfterSeconds ?? 0) : 0
      pausedUntil = now() + Math.max(seconds, REFRESH_PAUSE_SECONDS)
      throw error
    }
  }

  function keep(token: HeldToken, askedAt: number): HeldToken {
    const { expiresInSeconds, expiresAt } = token
    issued = [...issued.filter((other) => other.expiresAt > now()), token]
    // Two may overlap on Workers: the one that ends later stays.
    if (held === undefined || held.token.expiresAt <= expiresAt) {
      held = {
        token,
        refreshAt: askedAt + expiresInSeconds * REFRESH_AFTER_SHARE,
        usableUntil: expiresAt - Math.min(SPARE_SECONDS, expiresInSeconds * SPARE_SHARE),
      }
    }
    return token
  }

  /** One exchange for everybody, which no caller's signal ends: others may wait for it. */
  function renewForAll(): Promise<HeldToken> {
    underWay ??= renew(MAX_ATTEMPTS).finally(() => {
      underWay = undefined
    })
    return underWay
  }

  /** One exchange for the request that asks. Undefined when enough others are at it. */
  async function renewAlone(signal: AbortSignal | undefined, isAhead: boolean) {
    const mark = { at: now() }
    for (const other of begun) {
      // A request that the platform cut off never comes back to remove its mark.
      if (mark.at - other.at >= EXCHANGE_ABANDONED_SECONDS) begun.delete(other)
    }
    if (begun.size >= (isAhead ? 1 : MAX_COLD_EXCHANGES)) return undefined
    begun.add(mark)
    try {
      return await renew(isAhead ? 1 : MAX_ATTEMPTS, signal)
    } finally {
      begun.delete(mark)
    }
  }

  async function getToken({ signal }: { readonly signal?: AbortSignal | undefined } = {}) {
    signal?.throwIfAborted()
    const at = now()
    const current = held !== undefined && at < held.usableUntil ? held : undefined
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

function fail(): never {
  throw new ExchangeError({
    code: 'temporarily_unavailable',
    description: 'too many requests wait for a token',
  })
}
