/** How a source says that it has no token: by its name, in one sentence that holds no secret. */
import { ExchangeError } from './exchange-error.ts'

/**
 * Never takes a cause: errors of platforms quote headers, bodies and command lines, and those hold
 * tokens. Temporary means that the platform did not answer; its no, or a variable that is not
 * there, stays as it is.
 */
export function sourceFailure(
  name: string,
  sentence: string,
  isTemporary = false,
  retryAfterSeconds?: number,
): ExchangeError {
  return new ExchangeError({
    code: 'source_unavailable',
    description: `${name}: ${sentence}`,
    isTemporary,
    retryAfterSeconds,
  })
}
