/**
 * Keeps a token fresh for as long as a program or a proxy needs one: runs the refreshes of a token
 * holder ahead of time, reports trouble, and lists at the end which tokens are still live. The
 * holder decides how long a token is good.
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

/** What a program needs of a token; `expiresAt` is in epoch seconds. */
export type KeptToken = Pick<HeldToken, 'accessToken' | 'expiresAt'>

/** A new token at every call. */
type Obtain = (options: {
  /** Ends the exchange. */
  readonly signal: AbortSignal
  /** The keeper itself tries again: a token is good meanwhile, or the failure was reported. */
  readonly isSingleTry: boolean
}) => Promise<Obtained>

export type TokenKeeperOptions = {
  readonly obtain: Obtain
  readonly readClock: ReadClock
  /** Called with each token before a caller has it. */
  readonly onToken: (token: KeptToken) => void | Promise<void>
  /** Called when an exchange failed; once for each message until an exchange succeeds. */
  readonly onTrouble: (error: unknown) => void
  readonly onRecovery: () => void
}

export type TokenKeeper = {
  /** The token at hand while it is good, otherwise a new one. */
  readonly take: () => Promise<KeptToken>
  /** Another token in place of one that was refused. Undefined when there is none now. */
  readonly replace: (refused: KeptToken) => Promise<KeptToken | undefined>
  /** From now on each token is replaced ahead of its end. */
  readonly start: () => void
  /** Ends all exchanges. Answers with the tokens that have not ended. */
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
      // A timer does not see that the machine slept or that the clock was set, so no wait is long.
      const milliseconds = Math.min(seconds * 1000, MAX_LOOK_MILLISECONDS)
      if (seconds > 0) await wait(milliseconds, stopping.signal).catch(() => {})
      // The failure was reported, and the holder says when the next try is due.
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
      // Another request has replaced it already.
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
      // An exchange that is cut off may leave a token that nobody knows and nobody revokes.
      const timer = setTimeout(() => abandoned.abort(new Error('stopped')), SETTLE_MILLISECONDS)
      await Promise.allSettled([loop, holder.settle()])
      clearTimeout(timer)
      return holder.issued()
    },
  }
}

/** Milliseconds. The pauses of the one retry policy, which go on here while a token is needed. */
export function retryDelay(error: unknown, count: number): number {
  const asked = error instanceof ExchangeError ? (error.retryAfterSeconds ?? 0) : 0
  return pauseAfter(count, Math.min(asked, MAX_NAMED_REST_SECONDS))
}
