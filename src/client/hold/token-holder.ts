/**
 * Holds one issued token and replaces it before it ends. Every part of this package that keeps a
 * token uses this file: the token source of the SDK, `edgemint exec` and `edgemint proxy`.
 *
 * Where promises may be shared, one exchange runs at a time and every caller waits for it. On Workers
 * a promise belongs to the request that made it, so requests share settled tokens only. There each
 * request without a token makes its own exchange, up to a bound; with a token at hand, one request
 * replaces it and the others use the one at hand.
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

/** An issued token, and when it ends in epoch seconds by the clock of this side. */
export type HeldToken = ExchangedToken & { readonly expiresAt: number }

/** The token, and the moment before the gateway was asked: its life has not begun later. */
export type Obtained = { readonly token: ExchangedToken; readonly askedAt: Moment }

type Ask = {
  /** Ends the exchange. Undefined for an exchange that several callers wait for. */
  readonly signal: AbortSignal | undefined
  /** A good token is at hand, so that this exchange may fail. */
  readonly isAhead: boolean
}

export type TokenHolderOptions = {
  readonly obtain: (ask: Ask) => Promise<Obtained>
  readonly readClock: ReadClock
  /** False on Workers. */
  readonly mayShare: boolean
  /** Seconds until the next try ahead of the end, after so many failures in a row. */
  readonly pauseAfter: (error: unknown, failures: number) => number
  /** Called with each token before a caller has it. When it throws, the token is not handed out. */
  readonly onToken?: ((token: HeldToken) => void | Promise<void>) | undefined
  readonly onFailure?: ((error: unknown) => void) | undefined
}

export type TokenHolder = {
  /** The token at hand while it is good, otherwise a new one. Starts a refresh that is due. */
  readonly get: (signal?: AbortSignal) => Promise<HeldToken>
  /** The token at hand, if it is good. */
  readonly peek: () => HeldToken | undefined
  /** A new token. All callers of one moment share it, so it is not for Workers. */
  readonly renew: () => Promise<HeldToken>
  readonly isRenewing: () => boolean
  /** Seconds until the next exchange is due; 0 or less when it is due now. */
  readonly dueIn: () => number
  /** Waits for the exchange that is under way, however it ends. */
  readonly settle: () => Promise<void>
  /** The next caller gets a new token. */
  readonly drop: () => void
  /** Every token that was obtained and has not ended, the one at hand included. */
  readonly issued: () => readonly HeldToken[]
  /** Takes a token out of `issued`, because it was revoked. */
  readonly forget: (token: HeldToken) => void
}

type Held = {
  readonly token: HeldToken
  readonly setBacks: number
  /** These are moments of `elapsed`. */
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
      // Two exchanges may overlap on Workers: the token that ends later stays.
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

  /** One exchange for all callers. No caller's signal ends it, because others may wait for it. */
  function renew(): Promise<HeldToken> {
    underWay ??= receive(undefined).finally(() => {
      underWay = undefined
    })
    return underWay
  }

  /** One exchange for the request that asks. Undefined when enough others are under way. */
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
      // A token in its last seconds is better than none.
      if (last !== undefined && last === held && isLive(last)) return last.token
      throw error
    }
  }

  function dueIn(): number {
    const { elapsed, setBacks } = readClock()
    // A clock that was set back makes `expiresAt` wrong, and may hide that the machine slept.
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
        // The caller does not wait for it, and its failure does not matter while this token is good.
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
  // Programs that started together must not refresh together.
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
    description: 'too many requests wait for a token',
  })
}
