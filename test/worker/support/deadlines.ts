/**
 * Makes the Worker's deadlines ten times shorter, so that a test of one does not take its seconds.
 * Ends with the test, or earlier by `restore`: other requests may then take their usual time.
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
  /** The longest of them, in milliseconds, as the Worker asked for it. */
  return { longest: () => Math.max(...asked), restore }
}
