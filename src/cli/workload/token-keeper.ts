/**
 * Keeps a token valid while a program or a proxy needs one. Refreshes it before it expires, reports
 * failures, and at the end lists the tokens that are still valid. The token holder of the SDK
 * decides when a refresh is due.
 */
import {
  createTokenHolder,
  type Obtained,
  pauseAfter,
  type ReadClock,
} from '../../client/in-house.ts'
import { ExchangeError, type HeldToken } from '../../client/index.ts'
import { wait } from '../../web/deadline.ts'
import {
  FAILURE_REST_SECONDS,
  MAX_LOOK_MILLISECONDS,
  MAX_NAMED_REST_SECONDS,
  RENEWAL_REST_SECONDS,
  SETTLE_MILLISECONDS,
} from '../shell/limits.ts'

/** The members of a token that a program needs. `expiresAt` is in epoch seconds. */
export type KeptToken = Pick<HeldToken, 'accessToken' | 'expiresAt'>

/** Makes a new exchange at each call. */
type Obtain = (options: {
  /** Cancels the exchange. */
  readonly signal: AbortSignal
  /** Make one attempt only: the keeper itself retries later. */
  readonly isSingleTry: boolean
}) => Promise<Obtained>

export type TokenKeeperOptions = {
  readonly obtain: Obtain
  readonly readClock: ReadClock
  /** Called with each token before a caller gets it. */
  readonly onToken: (token: KeptToken) => void | Promise<void>
  /** Called when an exchange fails, once for each message until an exchange succeeds. */
  readonly onTrouble: (error: unknown) => void
  readonly onRecovery: () => void
}

export type TokenKeeper = {
  /** Returns the current token while it is valid, otherwise a new one. */
  readonly take: () => Promise<KeptToken>
  /** Returns a token to use instead of one that an API refused, or undefined when there is none. */
  readonly replace: (refused: KeptToken) => Promise<KeptToken | undefined>
  /** Starts to replace each token before it expires. */
  readonly start: () => void
  /** Ends all exchanges and returns the tokens that have not expired. */
  readonly stop: () => Promise<readonly KeptToken[]>
}

type Failure = { readonly error: unknown; readonly at: number }

export function createTokenKeeper(options: TokenKeeperOptions): TokenKeeper {
  const { obtain, readClock } = options
  const stopping = new AbortController()
  const abandoned = new AbortController()
  let failure: Failure | undefined
  let renewedAt = Number.NEGATIVE_INFINITY
  let loop: Promise<void> | undefined
  const now = () => readClock().elapsed

  const holder = createTokenHolder({
    readClock,
    mayShare: true,
    obtain: ({ isAhead }) =>
      obtain({ signal: abandoned.signal, isSingleTry: isAhead || failure !== undefined }),
    pauseAfter: (error, failures) => retryDelay(error, failures) / 1000,
    async onToken(token) {
      await options.onToken(token)
      if (failure !== undefined) options.onRecovery()
      failure = undefined
    },
    onFailure(error) {
      if (stopping.signal.aborted) return
      if (String(error) !== String(failure?.error)) options.onTrouble(error)
      failure = { error, at: now() }
    },
  })

  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      const seconds = holder.dueIn()
      // A timer does not notice when the machine slept or its clock was set, so each wait is short.
      const milliseconds = Math.min(seconds * 1000, MAX_LOOK_MILLISECONDS)
      if (seconds > 0) await wait(milliseconds, stopping.signal).catch(() => {})
      // `onFailure` has reported the failure, and `dueIn` tells when the next attempt is due.
      else await holder.renew().catch(() => {})
    }
  }

  return {
    async take() {
      const isResting = failure !== undefined && now() < failure.at + FAILURE_REST_SECONDS
      if (isResting && holder.peek() === undefined && !holder.isRenewing()) throw failure?.error
      return holder.get()
    },
    async replace(refused) {
      const held = holder.peek()
      // Another request has already replaced it.
      if (held !== undefined && held !== refused) return held
      if (!holder.isRenewing()) {
        const at = now()
        if (at < renewedAt + RENEWAL_REST_SECONDS) return undefined
        renewedAt = at
      }
      return holder.renew().catch(() => undefined)
    },
    start() {
      loop ??= keep()
    },
    async stop() {
      stopping.abort()
      // Let a running exchange end. Cutting it off could leave an issued token that is not revoked.
      const timer = setTimeout(() => abandoned.abort(new Error('stopped')), SETTLE_MILLISECONDS)
      await Promise.allSettled([loop, holder.settle()])
      clearTimeout(timer)
      return holder.issued()
    },
  }
}

/**
 * Returns how many milliseconds to wait after a failure, by the retry policy of the SDK. The keeper
 * retries for as long as a token is needed.
 */
export function retryDelay(error: unknown, count: number): number {
  const asked = error instanceof ExchangeError ? (error.retryAfterSeconds ?? 0) : 0
  return pauseAfter(count, Math.min(asked, MAX_NAMED_REST_SECONDS))
}
