/**
 * Makes the deadlines of the Worker ten times shorter, so that a test need not wait for the full
 * time. This ends with the test, or earlier with `restore`, so that other requests have the full
 * time.
 */
import { onTestFinished, vi } from 'vitest'

const TIMES_SHORTER = 10

export function shortenDeadlines() {
  const asked: number[] = []
  const shorten = (milliseconds = 0) => {
    asked.push(milliseconds)
    return milliseconds / TIMES_SHORTER
  }
  const later = globalThis.setTimeout as (run: () => void, milliseconds: number) => never
  const abortLater = AbortSignal.timeout.bind(AbortSignal)
  const timer = vi
    .spyOn(globalThis, 'setTimeout')
    .mockImplementation((run, milliseconds) => later(run as () => void, shorten(milliseconds)))
  const signal = vi
    .spyOn(AbortSignal, 'timeout')
    .mockImplementation((milliseconds) => abortLater(shorten(milliseconds)))
  const restore = () => {
    timer.mockRestore()
    signal.mockRestore()
  }
  onTestFinished(restore)
  /**
   * Every deadline that the isolate set, in milliseconds. Some are not of the code under test: an
   * alarm of another Durable Object can run at the same time.
   */
  return { asked, restore }
}
