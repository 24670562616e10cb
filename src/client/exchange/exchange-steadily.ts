/**
 * One issued token, through failures that pass: each try asks the platform afresh, because a rule
 * may take a subject token only once. What does not pass, such as a refusal, is thrown at once.
 */

import { type RetryOptions, retry } from '../http/retry.ts'
import { askBounded } from '../sources/open-row.ts'
import type { TokenSourceOptions } from '../token-source.ts'
import { canonicalGatewayUrl } from './endpoint.ts'
import { type ExchangedToken, exchange } from './exchange.ts'

type Steadiness = RetryOptions & { readonly now: () => number }

/** The token, and the moment before the gateway was asked: its life has not begun later. */
type Obtained = { readonly token: ExchangedToken; readonly askedAt: number }

export async function exchangeSteadily(
  options: TokenSourceOptions,
  { now, ...bounds }: Steadiness,
): Promise<Obtained> {
  const { signal } = bounds
  const { source, audience, now: _now, retrySeconds, ...rest } = options
  const request = { audience: audience ?? canonicalGatewayUrl(options.url), signal }
  const bounded = askBounded(source)
  const attempt = async () => {
    const subjectToken = await bounded.getSubjectToken(request)
    const askedAt = now()
    return { token: await exchange({ ...rest, subjectToken, signal }), askedAt }
  }
  return retry(attempt, { ...bounds, seconds: bounds.seconds ?? retrySeconds })
}
