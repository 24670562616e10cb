/** Timers of the Worker for tests, which need not wait for a deadline and depend on no busy machine. */
import { onTestFinished, vi } from 'vitest'
import { TRUST_READER_WAIT_MILLISECONDS } from '../../../src/worker/trust-layers/limits.ts'

const TIMES_SHORTER = 10

/**
 * Makes the deadlines of the Worker ten times shorter, so that a test need not wait for the full
 * time. This ends with the test, or earlier with `restore`, so that other requests have the full
 * time. `except` has deadlines of calls that answer, in milliseconds: they keep their time, which is
 * enough on a busy machine.
 */
export function shortenDeadlines(except: readonly number[] = []) {
  const asked: number[] = []
  const shorten = (milliseconds = 0) => {
    asked.push(milliseconds)
    return except.includes(milliseconds) ? milliseconds : milliseconds / TIMES_SHORTER
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

const TIMES_LONGER = 20

/**
 * Ends the deadline of a call that hangs at once. Every other deadline is longer than any answer on a
 * busy machine, and short pauses keep their time. The layer that hangs calls `hung` in the turn of the
 * call, because its caller sets the deadline in the same turn. This ends with the test.
 */
export function endDeadlinesOfHanging() {
  let isHanging = false
  const later = globalThis.setTimeout as (run: () => void, milliseconds: number) => never
  const timer = vi.spyOn(globalThis, 'setTimeout').mockImplementation((run, milliseconds = 0) => {
    const isOfHanging = isHanging
    isHanging = false
    const isDeadline = milliseconds >= TRUST_READER_WAIT_MILLISECONDS
    const longer = isDeadline ? milliseconds * TIMES_LONGER : milliseconds
    return later(run as () => void, isOfHanging ? 0 : longer)
  })
  onTestFinished(() => timer.mockRestore())
  return {
    hung: () => {
      isHanging = true
      queueMicrotask(() => {
        isHanging = false
      })
    },
  }
}

/**
 * Makes all timers ten times longer, so that their order is the same on a busy machine. This ends with
 * the test.
 */
export function lengthenTimers(): void {
  const later = globalThis.setTimeout as (run: () => void, milliseconds: number) => never
  const timer = vi
    .spyOn(globalThis, 'setTimeout')
    .mockImplementation((run, milliseconds = 0) => later(run as () => void, milliseconds * 10))
  onTestFinished(() => timer.mockRestore())
}
