/** Counts over time for the chart: bars that stand on each other, and their sums. */
import type { ActivityReport } from '../../../contract/decisions/answers.ts'

type Bucket = ActivityReport['buckets'][number]
type Counts = Pick<Bucket, 'granted' | 'denied' | 'unavailable'>

export function sumBuckets(buckets: readonly Bucket[]): Counts {
  const sum = { granted: 0, denied: 0, unavailable: 0 }
  for (const { granted, denied, unavailable } of buckets) {
    sum.granted += granted
    sum.denied += denied
    sum.unavailable += unavailable
  }
  return sum
}

/**
 * Times, and the upper edge of each bar: all, granted and denied, granted. The chart draws them in this
 * order, so that each covers the part of the one before it.
 */
export function stackBuckets(buckets: readonly Bucket[]): [number[], number[], number[], number[]] {
  return [
    buckets.map(({ at }) => at),
    buckets.map(({ granted, denied, unavailable }) => granted + denied + unavailable),
    buckets.map(({ granted, denied }) => granted + denied),
    buckets.map(({ granted }) => granted),
  ]
}
