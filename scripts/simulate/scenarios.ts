/** The scenarios of `npm run simulate`: how long, and what fails when. */
import type { Region } from './model/places.ts'

export type Scenario = {
  readonly name: string
  readonly summary: string
  /** The isolates if `--isolates` is not given. */
  readonly isolates: number
  /** Measured time, after the warm-up. */
  readonly seconds: number
  /** The times below count from the end of the warm-up. */
  readonly objectsDown?: { readonly from: number; readonly until: number }
  readonly cut?: { readonly region: Region; readonly from: number; readonly until: number }
  /** The share of slow messages, and the time between two changes, if they are not the usual ones. */
  readonly slowMessages?: number
  readonly changeSeconds?: number
  /** Isolates that start at once, beside the others. */
  readonly coldStarts?: { readonly at: number; readonly isolates: number }
}

/** Isolates start during the first minute, one after the other. It is not measured. */
export const WARM_UP_SECONDS = 90

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'steady',
    summary: 'changes, rotations and revocations, and no outage',
    isolates: 10_000,
    seconds: 180,
  },
  {
    name: 'cold',
    summary: '10,000 isolates start at once, each with up to eight requests',
    isolates: 10_000,
    seconds: 180,
    coldStarts: { at: 60, isolates: 10_000 },
  },
  {
    name: 'store-down',
    summary: 'the trust store and the revocation log are down for an hour',
    isolates: 10_000,
    seconds: 4800,
    objectsDown: { from: 300, until: 3900 },
  },
  {
    name: 'region-cut',
    summary: 'eastern North America reaches neither the objects nor KV for ten minutes',
    isolates: 10_000,
    seconds: 1200,
    cut: { region: 'enam', from: 300, until: 900 },
  },
  {
    name: 'storm',
    summary: 'every third message is slow, and the trust document changes every second',
    isolates: 1000,
    seconds: 180,
    slowMessages: 0.33,
    changeSeconds: 1,
  },
  {
    name: 'day',
    summary: '24 hours with the trust store and the revocation log down for one of them',
    isolates: 10_000,
    seconds: 86_400,
    objectsDown: { from: 36_000, until: 39_600 },
  },
]
