/** Fifty thousand live revocations. `npm run bench:revocations` measures 740,000. */
import { expect, it } from 'vitest'
import { REVOCATIONS_KEY } from '../../../../src/protocol/revocations.ts'
import { revocable } from '../../../support/revocable-token.ts'
import { newWorld, segmentsOf } from '../../support/revocation-world.ts'

const LIVE = 50_000

it('fifty thousand revocations are published, and one more writes and reads only a pointer', async () => {
  const world = newWorld()
  await world.fill(LIVE, 'jti-', 3600)
  await world.publish()
  const reader = world.newReader()
  const first = await reader.load(world.now())
  expect(first.isRevoked(revocable(`jti-${LIVE}`))).toBe(false)
  for (let index = 0; index < LIVE; index += 997) {
    expect(await first.isRevoked(revocable(`jti-${index}`))).toBe(true)
  }
  const [reads, writes] = [segmentsOf(world.counts.reads.keys()), world.counts.writes.length]
  await world.revoke('one more')
  await world.publish()
  expect(world.counts.writes.slice(writes)).toEqual([REVOCATIONS_KEY])
  world.wait(10)
  const next = await reader.load(world.now())
  expect(await next.isRevoked(revocable('one more'))).toBe(true)
  expect(segmentsOf(world.counts.reads.keys())).toEqual(reads)
  expect(reads.map((key) => world.counts.reads.get(key))).toEqual([1])
})
