/**
 * Keeps a token for as long as a program or a proxy needs one: gets the next well ahead of expiry,
 * goes on trying when that fails while the one at hand serves, and knows at the end which of those
 * it got still live.
 */

import { pauseAfter } from '../../client/http/retry.ts'
import { ExchangeError } from '../../client/index.ts'
import {
  FAILURE_REST_MILLISECONDS,
  MAX_KEPT_TOKENS,
  MAX_LOOK_MILLISECONDS,
  MAX_NAMED_REST_SECONDS,
  REFRESH_AFTER_SHARE,
  RENEWAL_REST_MILLISECONDS,
  SET_BACK_MILLISECONDS,
  SETTLE_MILLISECONDS,
} from '../shell/limits.ts'

export type KeptToken = {
  readonly accessToken: string
  /** Epoch seconds. */
  readonly expiresAt: number
}

/** A new token at every call. The signal ends the asking. */
export type GetToken = (options: {
  readonly signal: AbortSignal
  /** The keeper itself tries again: a token serves meanwhile, or a failure was told already. */
  readonly isSingleTry: boolean
}) => Promise<KeptToken>

export type TokenKeeperOptions = {
  readonly getToken: GetToken
  /** Called with each token before anybody else has it. */
  readonly onToken: (token: KeptToken) => void | Promise<void>
  /** Called when no token could be had, once for each sentence until there is one again. */
  readonly onTrouble: (error: unknown) => void
  readonly onRecovery: () => void
  /** Milliseconds; the clock of this machine by default. */
  readonly now?: () => number
}

export type TokenKeeper = {
  /** The token held while it lives; else one that is asked for now. */
  readonly take: () => Promise<KeptToken>
  /** For a token that was refused: another one, or undefined where there is none to be had now. */
  readonly replace: (refused: KeptToken) => Promise<KeptToken | undefined>
  /** From now on the next token is asked for ahead of expiry. */
  readonly start: () => void
  /** Asks for nothing more. Answers with the tokens that have not ended. */
  readonly stop: () => Promise<readonly KeptToken[]>
}

type Failure = { readonly error: unknown; readonly at: number; readonly count: number }

export function createTokenKeeper(options: TokenKeeperOptions): TokenKeeper {
  const readClock = options.now ?? Date.now
  const stopping = new AbortController()
  const abandoned = new AbortController()
  let issued: readonly KeptToken[] = []
  let held: KeptToken | undefined
  /** When something is to be done next, in milliseconds. */
  let dueAt = 0
  let pending: Promise<KeptToken> | undefined
  let failure: Failure | undefined
  let renewedAt = Number.NEGATIVE_INFINITY
  let loop: Promise<void> | undefined
  let seenAt = Number.NEGATIVE_INFINITY

  /** A clock that was set back makes every moment noted before it wrong, so all is due at once. */
  function now(): number {
    const at = readClock()
    if (at < seenAt - SET_BACK_MILLISECONDS) {
      dueAt = at
      renewedAt = Number.NEGATIVE_INFINITY
      if (failure !== undefined) failure = { ...failure, at: at - FAILURE_REST_MILLISECONDS }
    }
    seenAt = at
    return at
  }

  const isLive = (token: KeptToken) => now() < token.expiresAt * 1000

  /** Never two at once: whoever comes second waits for the first one's token. */
  function ask(): Promise<KeptToken> {
    pending ??= receive().finally(() => {
      pending = undefined
    })
    return pending
  }

  async function receive(): Promise<KeptToken> {
    const askedAt = now()
    try {
      const isSingleTry = failure !== undefined || (held !== undefined && isLive(held))
      const token = await options.getToken({ signal: abandoned.signal, isSingleTry })
      issued = [...issued.filter(isLive), token].slice(-MAX_KEPT_TOKENS)
      await options.onToken(token)
      held = token
      dueAt = askedAt + (token.expiresAt * 1000 - askedAt) * REFRESH_AFTER_SHARE
      if (failure !== undefined) options.onRecovery()
      failure = undefined
      return token
    } catch (error) {
      noteFailure(error)
      throw error
    }
  }

  function noteFailure(error: unknown): void {
    if (stopping.signal.aborted) return
    if (failure === undefined || String(error) !== String(failure.error)) options.onTrouble(error)
    failure = { error, at: now(), count: (failure?.count ?? 0) + 1 }
    dueAt = failure.at + retryDelay(error, failure.count)
  }

  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      const at = now()
      const left = dueAt - at
      if (left > 0) await pause(Math.min(left, MAX_LOOK_MILLISECONDS), stopping.signal)
      // The failure has been told, and the next try has its time.
      else await ask().catch(() => {})
    }
  }

  return {
    async take() {
      if (held !== undefined && isLive(held)) return held
      const isResting = failure !== undefined && now() < failure.at + FAILURE_REST_MILLISECONDS
      if (isResting && pending === undefined) throw failure?.error
      return ask()
    },
    async replace(refused) {
      // Somebody else noticed first.
      if (held !== undefined && held !== refused && isLive(held)) return held
      if (pending === undefined) {
        if (now() < renewedAt + RENEWAL_REST_MILLISECONDS) return undefined
        renewedAt = now()
      }
      return ask().catch(() => undefined)
    },
    start() {
      loop ??= keep()
    },
    async stop() {
      stopping.abort()
      // What is under way would be issued to nobody, and revoked by nobody, if it were cut off.
      const timer = setTimeout(() => abandoned.abort(new Error('stopped')), SETTLE_MILLISECONDS)
      await Promise.allSettled([loop, pending])
      clearTimeout(timer)
      return issued.filter(isLive)
    },
  }
}

/** The pauses of the one policy, which goes on here for as long as a token is wanted. */
export function retryDelay(error: unknown, count: number): number {
  const asked = error instanceof ExchangeError ? (error.retryAfterSeconds ?? 0) : 0
  return pauseAfter(count, Math.min(asked, MAX_NAMED_REST_SECONDS))
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
