/** What an isolate of the simulation notes for the judge. */
import { expect, test } from 'vitest'
import { createIsolate, REAL_CACHES } from '../../scripts/simulate/isolate.ts'
import { createIsolateClock } from '../../scripts/simulate/isolate-clock.ts'

test('is cut off until the millisecond ends in which the store answers again', async () => {
  let at = 1_800_000_000_000
  let isDown = false
  const now = () => at
  const isolate = createIsolate({
    ...{ id: 1, place: 0, weight: 1, meanMilliseconds: 1000, maxStaleSeconds: 900, now },
    clock: createIsolateClock(now, 0),
    caches: REAL_CACHES,
    door: {
      snapshotSince: async () => {
        if (isDown) throw new Error('down')
        const delta = { revision: 0, issuers: [], removed: [], keyEpoch: 1, instance: 'one' }
        return { delta, saidAt: at }
      },
      refreshKeys: async () => null,
    },
    revocationPorts: {
      kv: { get: async () => null } as unknown as KVNamespace,
      isRevoked: async () => false,
      findCoarse: async () => [],
      pointer: async () => null,
      segment: async () => null,
      report: () => {},
    },
    note: () => {},
  })
  const load = async () => isolate.trust.load(Math.floor(at / 1000), () => {})

  await load()
  expect(isolate.isCutOff()).toBe(false)
  isDown = true
  at += 60_000
  await load()
  expect(isolate.isCutOff()).toBe(true)
  isDown = false
  at += 60_000
  await load()
  expect(isolate.isCutOff()).toBe(true)
  at += 1
  expect(isolate.isCutOff()).toBe(false)
})
