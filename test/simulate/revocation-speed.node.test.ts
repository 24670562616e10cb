/** In virtual time: how long a revoked token is still accepted, with and without the layers. */
import { expect, test } from 'vitest'
import { LAYERED } from '../../scripts/simulate/layered.ts'
import { measureSpeed } from '../../scripts/simulate/revocation-speed.ts'
import { DIRECT } from '../../scripts/simulate/topology.ts'

const SMALL = { seed: 7, revocations: 2, places: 10 }

test('REV-01 a revocation is seen within two seconds where there is traffic, and within ten everywhere', async () => {
  const { times, samples } = await measureSpeed({ ...SMALL, topology: LAYERED })
  // Two isolates with traffic and one without much in each place, and two revocations.
  expect(samples).toBe(60)
  for (const [kind, { p99, worst }] of Object.entries(times)) {
    expect(p99, kind).toBeLessThanOrEqual(kind.startsWith('traffic') ? 2 : 10)
    expect(worst, kind).toBeLessThanOrEqual(10)
  }
})

test('REV-01 it takes longer with KV alone, so the measurement notices a missing layer', async () => {
  const { times } = await measureSpeed({ ...SMALL, topology: DIRECT })
  expect(times['traffic token'].p99).toBeGreaterThan(10)
})
