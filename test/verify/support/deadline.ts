/**
 * Makes the platform's deadlines thirty times shorter, so that a test of one does not take its
 * three seconds. Returns the deadlines that were asked for, in milliseconds.
 */
import { vi } from 'vitest'

export function shortenDeadlines(): readonly number[] {
  const asked: number[] = []
  const timeout = AbortSignal.timeout.bind(AbortSignal)
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    asked.push(milliseconds)
    return timeout(milliseconds / 30)
  })
  return asked
}
