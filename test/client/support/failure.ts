/** Returns the `ExchangeError` that a promise rejects with. */
import { expect } from 'vitest'
import { ExchangeError } from '../../../src/client/index.ts'

export async function failureOf(promise: Promise<unknown>): Promise<ExchangeError> {
  const outcome: unknown = await promise.catch((error: unknown) => error)
  expect(outcome).toBeInstanceOf(ExchangeError)
  return outcome as ExchangeError
}
