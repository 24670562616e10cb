/** Fifty thousand live revocations. `npm run bench:revocations` measures 740,000. */
import { evictDurableObject } from 'cloudflare:test'
import { expect, it, vi } from 'vitest'
import { REVOCATIONS_KEY } from '../../../../src/protocol/revocations.ts'
import { findUnknownEnd } from '../../../../src/worker/objects/revocation-log/find-revocation.ts'
import type { RevocationLog } from '../../../../src/worker/objects/revocation-log/revocation-log.ts'
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

it('one more revocation reads few rows of the log, whatever the number of live ones', async () => {
  const world = newWorld()
  await world.fill(LIVE, 'jti-', 3600)
  await world.publish()
  const count = (work: (log: RevocationLog) => unknown) =>
    world.inside(async (instance, { sql }) => {
      const exec = vi.spyOn(Object.getPrototypeOf(sql) as SqlStorage, 'exec')
      await work(instance)
      const cursors = exec.mock.results.map(({ value }) => value as SqlStorageCursor<never>)
      exec.mockRestore()
      expect(cursors.length).toBeGreaterThan(5)
      return cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0)
    })
  const revokeAndPublish = async (instance: RevocationLog) => {
    await instance.revokeToken({ jti: 'one more', expiresAt: world.now() + 600, by: 'job' })
    await instance.alarm()
  }
  expect(await count(revokeAndPublish)).toBeLessThan(500)
  // A new instance hashes the recent tokens again.
  await evictDurableObject(world.log)
  expect(await count(revokeAndPublish)).toBeLessThan(500)
})

it('a start of the log reads few rows of it', async () => {
  const world = newWorld()
  await world.fill(LIVE, 'jti-', 3600)
  await world.publish()
  const read = await world.inside((_, { sql }) => {
    const exec = vi.spyOn(Object.getPrototypeOf(sql) as SqlStorage, 'exec')
    findUnknownEnd(sql)
    const cursor = exec.mock.results[0]?.value as SqlStorageCursor<never>
    exec.mockRestore()
    return cursor.rowsRead
  })
  expect(read).toBeLessThan(500)
})
