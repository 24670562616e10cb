/** The error that a promise ends with, as the error of the door. */
import { ExchangeError } from '../../../src/client/index.ts'

export async function failureOf(promise: Promise<unknown>): Promise<ExchangeError> {
  const outcome: unknown = await promise.catch((error: unknown) => error)
  if (outcome instanceof ExchangeError) return outcome
  throw new Error(`not an ExchangeError: ${String(outcome)}`)
}
