/**
 * A log and readers of different ages against a Map. Revocations, time, publications and evictions
 * come in any order. A reader that loads after a publication knows every live revocation.
 */
import { evictDurableObject } from 'cloudflare:test'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { REVOCATION_MARGIN_SECONDS } from '../../../../src/core/limits.ts'
import { revocable } from '../../../support/revocable-token.ts'
import { newWorld } from '../../support/revocation-world.ts'

const NAMES = Array.from({ length: 40 }, (_, index) => `jti-${index}`)

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ revoke: fc.constantFrom(...NAMES), seconds: fc.nat(900) }) },
  { weight: 3, arbitrary: fc.record({ wait: fc.integer({ min: 10, max: 400 }) }) },
  { weight: 3, arbitrary: fc.constant({ publish: true as const }) },
  { weight: 1, arbitrary: fc.constant({ evict: true as const }) },
)

it('the published set equals a Map of the live revocations', { timeout: 90_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const world = newWorld({ recent: 2, segment: 8 })
      const model = new Map<string, number>()
      const ever = new Set<string>()
      const reader = world.newReader()
      for (const next of [...steps, { publish: true as const }]) {
        if ('revoke' in next) {
          ever.add(next.revoke)
          await world.revoke(next.revoke, next.seconds)
          const end = world.now() + next.seconds + REVOCATION_MARGIN_SECONDS
          if (!model.has(next.revoke)) model.set(next.revoke, end)
        } else if ('wait' in next) {
          world.wait(next.wait)
        } else if ('evict' in next) {
          // Only a running object can be evicted.
          await world.inside(() => undefined)
          await evictDurableObject(world.log)
        } else {
          await world.publish()
          for (const [jti, end] of model) if (end <= world.now()) model.delete(jti)
          world.wait(10)
          for (const one of [reader, world.newReader()]) {
            const { isRevoked, fault } = await one.load(world.now())
            expect(fault).toBeUndefined()
            for (const jti of NAMES) {
              const isLive = (model.get(jti) ?? 0) > world.now()
              // An expired revocation may stay: its token has expired earlier.
              if (isLive) expect(await isRevoked(revocable(jti))).toBe(true)
              else if (!ever.has(jti)) expect(await isRevoked(revocable(jti))).toBe(false)
            }
          }
        }
      }
    }),
    { numRuns: 10 },
  )
})
