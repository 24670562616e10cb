import { describe, expect, it, vi } from 'vitest'
import {
  REVOCATION_PURGE_SECONDS,
  REVOCATION_SNAPSHOT_MAX_AGE_SECONDS,
} from '../../../../src/core/limits.ts'
import { REVOCATION_UNPUBLISHED_SECONDS } from '../../../../src/worker/limits.ts'
import { revocable } from '../../../support/revocable-token.ts'
import { newWorld } from '../../support/revocation-world.ts'

const SIZES = { recent: 4, segment: 16, published: 20 }

async function overflow(world: ReturnType<typeof newWorld>, lifetimeSeconds = 600): Promise<void> {
  for (let index = 0; index < 21; index += 1) {
    await world.revoke(`jti-${index}`, lifetimeSeconds)
  }
}

describe('more revocations than are published', () => {
  it('are published as a marker, which the log and its health report', async () => {
    const world = newWorld(SIZES)
    const logged = vi.spyOn(console, 'log')
    await overflow(world)
    await world.publish()
    expect(await world.pointer()).toEqual({
      v: 'ask_the_log',
      sequence: 21,
      published_at: world.now(),
    })
    expect(await world.fault()).toBe('too_large')
    const events = logged.mock.calls.map(([line]) => JSON.parse(String(line)))
    logged.mockRestore()
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'revocations_unpublished', fault: 'too_large' }),
    )
  })

  it('are each found in the log: none of the tokens is accepted', async () => {
    const world = newWorld(SIZES)
    const reader = world.newReader()
    await world.publish()
    await reader.load(world.now())
    await overflow(world)
    await world.revoke('the-last-one')
    await world.publish()
    world.wait(10)
    const { isRevoked } = await reader.load(world.now())
    expect(await isRevoked(revocable('the-last-one'))).toBe(true)
    expect(await isRevoked(revocable('jti-0'))).toBe(true)
    expect(await isRevoked(revocable('another'))).toBe(false)
  })

  it('are published as a set after enough have ended', async () => {
    const world = newWorld(SIZES)
    const reader = world.newReader()
    await overflow(world, 60)
    await world.revoke('lives', 6000)
    await world.publish()
    await reader.load(world.now())
    world.wait(200)
    await world.publish()
    expect(await world.pointer()).toMatchObject({ v: 2, segments: [{ count: 1 }] })
    expect(await world.fault()).toBeNull()
    const { sequence, isRevoked } = await reader.load(world.now())
    expect(sequence).toBeDefined()
    expect(await isRevoked(revocable('lives'))).toBe(true)
  })
})

describe('a pointer that is not renewed', () => {
  it('is not used beyond its maximum age: the log is asked', async () => {
    const world = newWorld(SIZES)
    await world.publish()
    world.broken.writes = () => true
    await world.revoke('one')
    await world.publish()
    world.wait(REVOCATION_SNAPSHOT_MAX_AGE_SECONDS)
    const old = await world.newReader().load(world.now())
    expect(await old.isRevoked(revocable('one'))).toBe(false)
    world.wait(1)
    expect(await (await world.newReader().load(world.now())).isRevoked(revocable('one'))).toBe(true)
  })

  it('is a fault only if KV fails for longer than a short time', async () => {
    const world = newWorld(SIZES)
    await world.publish()
    world.broken.writes = () => true
    await world.revoke('one')
    await world.publish()
    expect(await world.fault()).toBeNull()
    world.wait(REVOCATION_UNPUBLISHED_SECONDS)
    await world.publish()
    expect(await world.fault()).toBe('kv_unreachable')
    world.broken.writes = () => false
    await world.publish()
    expect(await world.fault()).toBeNull()
  })

  it('is renewed before it reaches its maximum age', () => {
    expect(2 * REVOCATION_PURGE_SECONDS).toBeLessThan(REVOCATION_SNAPSHOT_MAX_AGE_SECONDS)
  })
})
