/** Counts of a run: calls and bytes of each object in each second, and times in a histogram. */

export type Load = {
  readonly callsP50: number
  readonly callsWorst: number
  readonly calls: number
  readonly bytes: number
}

export type Times = { readonly p50: number; readonly p99: number; readonly worst: number }

export type Meter = {
  /** `weight`: the calls that this one stands for, if only a sample is simulated. */
  readonly count: (milliseconds: number, bytes: number, weight: number) => void
  readonly load: () => Load
}

export function createMeter(start: number, seconds: number): Meter {
  const calls = new Float64Array(seconds)
  let bytes = 0
  return {
    count(milliseconds, size, weight) {
      const second = Math.floor((milliseconds - start) / 1000)
      if (second < 0 || second >= seconds) return
      calls[second] = (calls[second] ?? 0) + weight
      bytes += size * weight
    },
    load() {
      const sorted = calls.slice().sort()
      return {
        callsP50: Math.round(sorted[Math.floor(seconds / 2)] ?? 0),
        callsWorst: Math.round(sorted.at(-1) ?? 0),
        calls: Math.round(sorted.reduce((sum, count) => sum + count, 0)),
        bytes: Math.round(bytes),
      }
    },
  }
}

export type Histogram = {
  readonly add: (milliseconds: number, weight: number) => void
  readonly times: () => Times
}

/** Steps of 1% from a millisecond to a day. The worst value is exact. */
const STEP = Math.log(1.01)
const STEPS = Math.ceil(Math.log(86_400_000) / STEP) + 1

export function createHistogram(): Histogram {
  const weights = new Float64Array(STEPS + 1)
  let total = 0
  let worst = 0

  function quantile(share: number): number {
    let sum = 0
    for (const [step, weight] of weights.entries()) {
      sum += weight
      if (sum >= share * total && weight > 0) {
        return Math.min(step === 0 ? 0 : Math.exp(step * STEP), worst) / 1000
      }
    }
    return 0
  }

  return {
    add(milliseconds, weight) {
      const step = milliseconds < 1 ? 0 : Math.ceil(Math.log(milliseconds) / STEP)
      const index = Math.min(step, STEPS)
      weights[index] = (weights[index] ?? 0) + weight
      total += weight
      worst = Math.max(worst, milliseconds)
    },
    times: () => ({ p50: quantile(0.5), p99: quantile(0.99), worst: worst / 1000 }),
  }
}

/** Requests that were answered and that were not, weighted. */
export type Share = { answered: number; asked: number }

export function shareOf({ answered, asked }: Share): number {
  return asked === 0 ? 1 : answered / asked
}
