/**
 * The clock by which a held token ages. The wall clock counts the sleep of a machine, but people and
 * NTP set it. The monotonic clock cannot be set, but it stops during sleep on some systems. This one
 * advances by whichever of the two advances more, and never goes back.
 */
import { CLOCK_STEP_SECONDS } from '../limits.ts'

export type Clocks = {
  /** Epoch seconds. */
  readonly wall: () => number
  /** Seconds since any fixed moment. */
  readonly monotonic: () => number
}

/** One reading. Only `elapsed` is compared with other readings. */
export type Moment = {
  /** Epoch seconds, for people and for other programs. */
  readonly wall: number
  /** Seconds since any fixed moment. */
  readonly elapsed: number
  /** How often the wall clock was set back until now. */
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
    // The first reading waits for the first caller: in the global scope of a Worker, clocks stand at 0.
    distance ??= at - ticks
    const jump = at - ticks - distance
    if (Math.abs(jump) > CLOCK_STEP_SECONDS) {
      // Forward is sleep, or a clock that was set: both count as time, because a token may have ended.
      if (jump > 0) skipped += jump
      else setBacks += 1
      distance = at - ticks
    }
    return { wall: at, elapsed: ticks + skipped, setBacks }
  }
}
