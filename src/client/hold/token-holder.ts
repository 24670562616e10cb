/**
 * Keeps one issued token and replaces it before it expires. The token source of the SDK,
 * `edgemint exec` and `edgemint proxy` use it.
 *
 * If callers can share promises, one exchange runs at a time and every caller waits for it. On
 * Workers a promise belongs to the request that made it, so requests share only tokens that have
 * arrived. There each request without a token makes its own exchange, up to a limit. While a token is
 * available, one request replaces it and the others use the current one.
 */
import { abortable } from '../../web/deadline.ts'
import type { ExchangedToken } from '../exchange/exchange.ts'
import { ExchangeError } from '../exchange/exchange-error.ts'
import {
  MAX_ISSUED_TOKENS,
  REFRESH_AFTER_SHARE,
  REFRESH_SPREAD_SHARE,
  SPARE_SECONDS,
  SPARE_SHARE,
} from '../limits.ts'
import { createExchangeGate } from './exchange-gate.ts'
import type { Moment, ReadClock } from './steady-clock.ts'

/** An issued token, and its expiry in epoch seconds by the client's clock. */
export type HeldToken = ExchangedToken & { readonly expiresAt: number }

/** A token, and the time just before its request: its lifetime began at that time or later. */
export type Obtained = { readonly token: ExchangedToken; readonly askedAt: Moment }

type Ask = {
  /** Ends the exchange. Undefined for an exchange that several callers share. */
  readonly signal: AbortSignal | undefined
  /** Whether a usable token is still available, so that a failure of this exchange does no harm. */
  readonly isAhead: boolean
}

export type TokenHolderOptions = {
  readonly obtain: (ask: Ask) => Promise<Obtained>
  readonly readClock: ReadClock
  /** False on Workers. */
  readonly mayShare: boolean
  /** Seconds until the next early refresh, after this number of failures in a row. */
  readonly pauseAfter: (error: unknown, failures: number) => number
  /** Called with each token before a caller gets it. If it throws, no caller gets the token. */
  readonly onToken?: ((token: HeldToken) => void | Promise<void>) | undefined
  readonly onFailure?: ((error: unknown) => void) | undefined
}

export type TokenHolder = {
  /** Returns the current token while it is usable, otherwise a new one. Starts a refresh that is due. */
  readonly get: (signal?: AbortSignal) => Promise<HeldToken>
  /** Returns the current token if it is usable. */
  readonly peek: () => HeldToken | undefined
  /** Gets a new token. Concurrent callers share one exchange, so this is not for Workers. */
  readonly renew: () => Promise<HeldToken>
  readonly isRenewing: () => boolean
  /** Seconds until the next exchange is due. 0 or less: it is due now. */
  readonly dueIn: () => number
  /** Waits until the exchange in progress has succeeded or failed. */
  readonly settle: () => Promise<void>
  /** Discards the current token, so that the next caller gets a new one. */
  readonly drop: () => void
  /** Every token that was obtained and has not expired, including the current one. */
  readonly issued: () => readonly HeldToken[]
  /** Removes a revoked token from `issued`. */
  readonly forget: (token: HeldToken) => void
}

type Held = {
  readonly token: HeldToken
  readonly setBacks: number
  /** Readings of `elapsed`. */
  readonly refreshAt: number
  readonly usableUntil: number
  readonly endsAt: number
}

export function createTokenHolder(options: TokenHolderOptions): TokenHolder {
  const { obtain, readClock, mayShare, pauseAfter } = options
  let held: Held | undefined
  let issued: readonly Held[] = []
  let failures = 0
  let pausedUntil = Number.NEGATIVE_INFINITY
  let underWay: Promise<HeldToken> | undefined
  const gate = createExchangeGate(() => readClock().elapsed)

  const isGood = (one: Held | undefined): one is Held =>
    one !== undefined && readClock().elapsed < one.usableUntil
  const isLive = (one: Held) => readClock().elapsed < one.endsAt

  async function receive(signal: AbortSignal | undefined): Promise<HeldToken> {
    try {
      const next = hold(await obtain({ signal, isAhead: isGood(held) }))
      issued = [...issued.filter(isLive), next].slice(-MAX_ISSUED_TOKENS)
      await options.onToken?.(next.token)
      // Two exchanges may overlap on Workers. The token that expires later is kept.
      if (mayShare || !isGood(held) || held.endsAt <= next.endsAt) held = next
      failures = 0
      pausedUntil = Number.NEGATIVE_INFINITY
      return next.token
    } catch (error) {
      failures += 1
      pausedUntil = readClock().elapsed + pauseAfter(error, failures)
      options.onFailure?.(error)
      throw error
    }
  }

  /** Makes one exchange for all callers. No caller's signal ends it, because others may wait for it. */
  function renew(): Promise<HeldToken> {
    underWay ??= receive(undefined).finally(() => {
      underWay = undefined
    })
    return underWay
  }

  /** Makes one exchange for this request only. Undefined when the limit of exchanges is reached. */
  async function renewAlone(signal: AbortSignal | undefined, hasToken: boolean) {
    const mark = gate.enter(hasToken)
    if (mark === undefined) return undefined
    try {
      return await receive(signal)
    } finally {
      gate.leave(mark)
    }
  }

  async function getNew(signal: AbortSignal | undefined): Promise<HeldToken> {
    const last = held
    try {
      if (mayShare) return await abortable(renew(), signal)
      return (await renewAlone(signal, false)) ?? turnAway()
    } catch (error) {
      signal?.throwIfAborted()
      // A token that expires within seconds may still work, so it is better than an error.
      if (last !== undefined && last === held && isLive(last)) return last.token
      throw error
    }
  }

  function dueIn(): number {
    const { elapsed, setBacks } = readClock()
    // After the wall clock was set back, `expiresAt` is wrong, and a sleep of the machine may be hidden.
    const refreshAt = held?.setBacks === setBacks ? held.refreshAt : elapsed
    return Math.max(refreshAt, pausedUntil) - elapsed
  }

  return {
    async get(signal) {
      signal?.throwIfAborted()
      if (!isGood(held)) return getNew(signal)
      const { token } = held
      if (dueIn() > 0) return token
      if (mayShare) {
        // The caller does not wait for it. A failure does no harm while this token is usable.
        renew().catch(() => {})
        return token
      }
      const next = await renewAlone(signal, true).catch(() => undefined)
      signal?.throwIfAborted()
      return next ?? token
    },
    peek: () => (isGood(held) ? held.token : undefined),
    renew,
    isRenewing: () => underWay !== undefined,
    dueIn,
    async settle() {
      await underWay?.catch(() => {})
    },
    drop() {
      held = undefined
    },
    issued: () => issued.filter(isLive).map(({ token }) => token),
    forget(token) {
      issued = issued.filter((one) => one.token !== token)
    },
  }
}

function hold({ token, askedAt }: Obtained): Held {
  const { expiresInSeconds } = token
  const { wall, elapsed, setBacks } = askedAt
  // The random share prevents programs that started together from refreshing together.
  const share = REFRESH_AFTER_SHARE - Math.random() * REFRESH_SPREAD_SHARE
  const endsAt = elapsed + expiresInSeconds
  return {
    token: { ...token, expiresAt: wall + expiresInSeconds },
    setBacks,
    refreshAt: elapsed + expiresInSeconds * share,
    usableUntil: endsAt - Math.min(SPARE_SECONDS, expiresInSeconds * SPARE_SHARE),
    endsAt,
  }
}

function turnAway(): never {
  throw new ExchangeError({
    code: 'temporarily_unavailable',
    description: 'too many requests are waiting for a token',
  })
}
