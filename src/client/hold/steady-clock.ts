/**
 * The clock that measures the age of a held token. The wall clock includes the time that a machine
 * sleeps, but people and NTP can set it. The monotonic clock cannot be set, but on some systems it
 * stops during sleep. This clock advances by the larger advance of the two, and never goes back.
 */
import { CLOCK_STEP_SECONDS } from '../limits.ts'

export type Clocks = {
  /** Epoch seconds. */
  readonly wall: () => number
  /** Seconds since an arbitrary fixed time. */
  readonly monotonic: () => number
}

/** One reading of the clock. Only `elapsed` is compared with other readings. */
export type Moment = {
  /** Epoch seconds, for people and for other programs. */
  readonly wall: number
  /** Seconds since an arbitrary fixed time. */
  readonly elapsed: number
  /** How many times the wall clock was set back so far. */
  readonly setBacks: number
}

export type ReadClock = () => Moment

export const monotonicSeconds = (): number => performance.now() / 1000

export function createSteadyClock({ wall, monotonic }: Clocks): ReadClock {
  let distance: number | undefined
  let skipped = 0
  let setBacks = 0
  return () => {
    const at = wall()
    const ticks = monotonic()
    // The first caller triggers the first reading: in the global scope of a Worker, clocks read 0.
    distance ??= at - ticks
    const jump = at - ticks - distance
    if (Math.abs(jump) > CLOCK_STEP_SECONDS) {
      // A forward jump is sleep or a clock that was set. Both count as time: a token may have expired.
      if (jump > 0) skipped += jump
      else setBacks += 1
      distance = at - ticks
    }
    return { wall: at, elapsed: ticks + skipped, setBacks }
  }
}
