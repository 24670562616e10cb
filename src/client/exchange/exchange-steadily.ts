/**
 * One issued token, with further tries after failures that may pass. Each try asks the platform for
 * a new subject token, because a rule may accept a subject token only once. A failure that does not
 * pass, such as a refusal, is thrown at once.
 */
import { type RetryOptions, retry } from '../http/retry.ts'
import { askBounded } from '../sources/open-row.ts'
import type { SubjectTokenSource } from '../subject-token-source.ts'
import { canonicalGatewayUrl } from './endpoint.ts'
import { type ExchangedToken, type ExchangeOptions, exchange } from './exchange.ts'

export type SteadyOptions = Omit<ExchangeOptions, 'subjectToken' | 'signal'> & {
  /** Where the platform's own token comes from: what `detect` or `openSource` found. */
  readonly source: SubjectTokenSource
  /** The audience that the gateway expects of the subject token; its issuer, `url`, by default. */
  readonly audience?: string | undefined
  /** How long to try again in all what may pass; 20 by default, 0 for a single try. */
  readonly retrySeconds?: number | undefined
}

/** Answers with the token, and with what `readClock` read before the gateway was asked for it. */
export async function exchangeSteadily<Moment>(
  options: SteadyOptions,
  readClock: () => Moment,
  bounds: RetryOptions = {},
): Promise<{ readonly token: ExchangedToken; readonly askedAt: Moment }> {
  const { signal } = bounds
  const { source, audience, retrySeconds, ...rest } = options
  const request = { audience: audience ?? canonicalGatewayUrl(options.url), signal }
  const bounded = askBounded(source)
  const attempt = async () => {
    const subjectToken = await bounded.getSubjectToken(request)
    const askedAt = readClock()
    return { token: await exchange({ ...rest, subjectToken, signal }), askedAt }
  }
  return retry(attempt, { ...bounds, seconds: bounds.seconds ?? retrySeconds })
}
