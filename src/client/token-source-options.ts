/**
 * The options of a token source: their types and checks. The checks run when the token source is
 * created, so that a mistake stops the start of a program instead of its first request.
 */
import { checkExchangeOptions, EXCHANGE_OPTION_NAMES, requireText } from './exchange/exchange.ts'
import type { SteadyOptions } from './exchange/exchange-steadily.ts'
import { demand, demandFunction, demandNames } from './option-error.ts'
import type { SubjectTokenSource } from './subject-token-source.ts'

/** Options of `createTokenSource`: those of `exchange`, with a source instead of a subject token. */
export type TokenSourceOptions = SteadyOptions & {
  /**
   * `'dpop'`: binds every token to a key that this token source generates (RFC 9449). The key cannot
   * be exported, so a token that is stolen is worthless. Send requests with `fetch` or `authorize`.
   * Default: `'none'`, or `'dpop'` with `proofKey`.
   */
  readonly bind?: 'dpop' | 'none' | undefined
  /**
   * The clock, in epoch seconds. Default: the system clock. The age of a token is also measured with
   * the monotonic clock, so that setting the system clock back does not prolong its use.
   */
  readonly now?: (() => number) | undefined
}

const { subjectToken: _, actorToken: __, signal: ___, ...SHARED_NAMES } = EXCHANGE_OPTION_NAMES
const OPTION_NAMES = {
  ...SHARED_NAMES,
  source: true,
  actor: true,
  audience: true,
  retrySeconds: true,
  bind: true,
  now: true,
} satisfies Record<keyof TokenSourceOptions, true>

/** Throws `TypeError` if an option is wrong. The message names the option. */
export function checkTokenSourceOptions(options: TokenSourceOptions): void {
  demandNames(options, OPTION_NAMES)
  const { source, actor, audience, retrySeconds, now } = options
  demandSource('source', source)
  if (actor !== undefined) demandSource('actor', actor)
  if (audience !== undefined) requireText('audience', audience)
  demand(
    retrySeconds === undefined || (Number.isFinite(retrySeconds) && retrySeconds >= 0),
    'retrySeconds must be a number of seconds, 0 or more',
  )
  demandFunction('now', now)
  // Otherwise a clock in milliseconds would renew the token a thousand times too often.
  demand(now === undefined || isEpochSeconds(now()), 'now must return epoch seconds')
  // The sources return the tokens later.
  const actorToken = actor && 'later'
  checkExchangeOptions({ ...options, subjectToken: 'later', actorToken })
}

function demandSource(name: string, source: SubjectTokenSource): void {
  demand(
    typeof source?.getSubjectToken === 'function',
    `${name} must be a source of tokens: the source that detect found, or { name, getSubjectToken }`,
  )
}

/** Milliseconds would be a time after the year 5000. */
function isEpochSeconds(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) < 1e11
}
