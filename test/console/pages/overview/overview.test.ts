/** What the overview reads from health and activity. */
import { expect, test } from 'vitest'
import { listParts } from '../../../../src/console/pages/overview/parts.ts'
import { stackBuckets, sumBuckets } from '../../../../src/console/pages/overview/series.ts'

test('lists the parts that are not ready, and those that are off', () => {
  const checks = {
    settings: { ready: true },
    trust_store: { ready: false },
    decision_log: { enabled: false },
    rate_limits: { address: false, subject: false },
    unknown: null,
  }
  expect(listParts(checks)).toEqual({ notReady: ['trust_store'], off: ['decision log'] })
})

const BUCKETS = [
  { at: 0, granted: 3, denied: 2, unavailable: 1 },
  { at: 3600, granted: 0, denied: 4, unavailable: 0 },
]

test('sums the outcomes', () => {
  expect(sumBuckets(BUCKETS)).toEqual({ granted: 3, denied: 6, unavailable: 1 })
  expect(sumBuckets([])).toEqual({ granted: 0, denied: 0, unavailable: 0 })
})

test('stacks unavailable above denied above granted', () => {
  expect(stackBuckets(BUCKETS)).toEqual([
    [0, 3600],
    [6, 4],
    [5, 4],
    [3, 0],
  ])
})
