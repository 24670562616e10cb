/**
 * Calls between an isolate and an object: delays, lost messages, objects that are down and regions
 * that are cut off.
 */
import type { Random } from '../random.ts'
import type { Timeline } from '../timeline.ts'
import { oneWayMilliseconds, type Region } from './places.ts'

/** A time span of a scenario in epoch milliseconds. */
export type Span = { readonly from: number; readonly until: number }

export type Faults = {
  /** When the objects answer nobody. */
  readonly objectsDown: readonly Span[]
  /** When a region reaches neither the objects nor KV. */
  readonly cut: readonly (Span & { readonly region: Region })[]
  /** The share of slow messages. */
  readonly slowMessages?: number | undefined
}

export type Network = {
  /**
   * Runs `answer` where the object is, after the delay of one message, and returns its result after
   * that of another. `onFailing` is called at once if the call will fail.
   */
  readonly call: <T>(
    region: Region,
    answer: () => T | Promise<T>,
    onFailing?: () => void,
  ) => Promise<T>
  /**
   * The same for an object in another region than the other objects. `objectsDown` does not apply.
   */
  readonly callIn: <T>(from: Region, to: Region, answer: () => T | Promise<T>) => Promise<T>
  readonly isCut: (region: Region) => boolean
  readonly areObjectsDown: () => boolean
  /** Resolves after the time. */
  readonly delay: (milliseconds: number) => Promise<void>
  /** Returns a delay around this one, with a long tail. */
  readonly vary: (milliseconds: number) => number
}

/** Messages that are never answered. */
const LOST = 0.0005
/** Messages that take much longer than usual, unless a scenario says otherwise. */
const SLOW = 0.01
const SLOW_MILLISECONDS = 1500

/** One message between a data centre and an object of its region. */
const IN_REGION_MILLISECONDS = 12

class CallFailed extends Error {}

function isWithin(spans: readonly Span[], at: number): boolean {
  return spans.some(({ from, until }) => at >= from && at < until)
}

export function createNetwork(timeline: Timeline, random: Random, faults: Faults): Network {
  const vary = (milliseconds: number) => {
    const slow = random.chance(faults.slowMessages ?? SLOW) ? random.next() * SLOW_MILLISECONDS : 0
    return milliseconds + 0.5 + random.exponential(0.15 * milliseconds + 1) + slow
  }
  const delay = (milliseconds: number) =>
    new Promise<void>((resolve) => timeline.after(milliseconds, resolve))
  const isCut = (region: Region) =>
    faults.cut.some((span) => span.region === region && isWithin([span], timeline.now()))
  const areObjectsDown = () => isWithin(faults.objectsDown, timeline.now())

  return {
    delay,
    vary,
    isCut,
    areObjectsDown,
    async callIn(from, to, answer) {
      const oneWay =
        from === to ? IN_REGION_MILLISECONDS : oneWayMilliseconds(from) + oneWayMilliseconds(to)
      if ((from !== to && (isCut(from) || isCut(to))) || random.chance(LOST)) {
        if (random.chance(0.5)) await delay(vary(oneWay))
        else await new Promise<never>(() => {})
        throw new CallFailed('no connection')
      }
      await delay(vary(oneWay))
      const result = await answer()
      await delay(vary(oneWay))
      return result
    },
    async call(region, answer, onFailing = () => {}) {
      if (isCut(region) || areObjectsDown() || random.chance(LOST)) {
        onFailing()
        // One half fails soon. The other half is never answered.
        if (random.chance(0.5)) await delay(vary(oneWayMilliseconds(region)))
        else await new Promise<never>(() => {})
        throw new CallFailed('no connection')
      }
      const oneWay = oneWayMilliseconds(region)
      await delay(vary(oneWay))
      const result = await answer()
      await delay(vary(oneWay))
      return result
    },
  }
}
