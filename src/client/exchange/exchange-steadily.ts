/**
 * Exchanges with retries. After a temporary failure it tries again. Each try requests new tokens from
 * their sources, because a rule may accept a subject token only once. Any other failure,
 * such as a refusal, is thrown at once.
 */
import { type RetryOptions, retry } from '../http/retry.ts'
import { askBounded } from '../sources/open-row.ts'
import type { SubjectTokenSource } from '../subject-token-source.ts'
import { canonicalGatewayUrl } from './endpoint.ts'
import { type ExchangedToken, type ExchangeOptions, exchange } from './exchange.ts'

export type SteadyOptions = Omit<ExchangeOptions, 'subjectToken' | 'actorToken' | 'signal'> & {
  /** The source of subject tokens, such as the result of `detect` or `openSource`. */
  readonly source: SubjectTokenSource
  /** The source of actor tokens, if somebody acts for the subject. It is asked for the same audience. */
  readonly actor?: SubjectTokenSource | undefined
  /** The audience that the gateway expects of both tokens; its issuer, `url`, by default. */
  readonly audience?: string | undefined
  /** The total time for retries of temporary failures. Default: 20. 0 means a single try. */
  readonly retrySeconds?: number | undefined
}

/** Returns the token, and the reading of `readClock` from just before the request to the gateway. */
export async function exchangeSteadily<Moment>(
  options: SteadyOptions,
  readClock: () => Moment,
  bounds: RetryOptions = {},
): Promise<{ readonly token: ExchangedToken; readonly askedAt: Moment }> {
  const { signal } = bounds
  const { source, actor, audience, retrySeconds, ...rest } = options
  const request = { audience: audience ?? canonicalGatewayUrl(options.url), signal }
  const bounded = askBounded(source)
  const acting = actor && askBounded(actor)
  const attempt = async () => {
    const [subjectToken, actorToken] = await Promise.all([
      bounded.getSubjectToken(request),
      acting?.getSubjectToken(request),
    ])
    const askedAt = readClock()
    return { token: await exchange({ ...rest, subjectToken, actorToken, signal }), askedAt }
  }
  return retry(attempt, { ...bounds, seconds: bounds.seconds ?? retrySeconds })
}
