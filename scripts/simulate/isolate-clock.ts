/** The clock of an isolate, which differs from the right time and can be moved. */
export type IsolateClock = {
  /** Returns epoch seconds. */
  readonly read: () => number
  readonly readMilliseconds: () => number
  readonly jump: (milliseconds: number) => void
  /** Returns how far the clock was set back since a time, in milliseconds. */
  readonly setBackSince: (since: number) => number
}

export function createIsolateClock(now: () => number, skewMilliseconds: number): IsolateClock {
  let offset = skewMilliseconds
  const jumps: { readonly at: number; readonly back: number }[] = []
  return {
    read: () => Math.floor((now() + offset) / 1000),
    readMilliseconds: () => now() + offset,
    jump(milliseconds) {
      offset += milliseconds
      if (milliseconds < 0) jumps.push({ at: now(), back: -milliseconds })
    },
    setBackSince: (since) =>
      jumps.reduce((sum, { at, back }) => (at >= since ? sum + back : sum), 0),
  }
}
