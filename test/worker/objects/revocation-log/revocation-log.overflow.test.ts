import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import {
  REVOCATION_PURGE_SECONDS,
  REVOCATION_SNAPSHOT_MAX_AGE_SECONDS,
  REVOCATION_UNPUBLISHED_SECONDS,
} from '../../../../src/core/limits.ts'
import { createRevocationSnapshot } from '../../../../src/worker/caches/revocation-snapshot.ts'
import type { RevocationLog } from '../../../../src/worker/objects/revocation-log/revocation-log.ts'
import { revocable } from '../../../support/revocable-token.ts'

const AT = Math.floor(Date.now() / 1000)
const MAX_BYTES = 1000

/** A log whose snapshot has at most `MAX_BYTES`, with its own KV. */
function newWorld() {
  const log = env.REVOCATION_LOG.getByName(crypto.randomUUID())
  let stored: string | null = null
  let isDown = false
  let at = AT
  const put = async (_key: string, value: string) => {
    if (isDown) throw new Error('KV is down')
    stored = value
  }
  const get = async () => stored
  const inside = <T>(work: (instance: RevocationLog) => Promise<T>) =>
    runInDurableObject(log, (instance: RevocationLog) => {
      Reflect.set(instance, 'env', { ...env, REVOCATIONS: { put } })
      instance.now = () => at
      instance.maxSnapshotBytes = MAX_BYTES
      return work(instance)
    })
  return {
    log,
    wait: (seconds: number) => {
      at += seconds
    },
    now: () => at,
    down: (state: boolean) => {
      isDown = state
    },
    revoke: (jti: string, lifetimeSeconds = 600) =>
      inside((instance) =>
        instance.revokeToken({ jti, expiresAt: at + lifetimeSeconds, by: 'job' }),
      ),
    publish: () => inside((instance) => instance.alarm()),
    fault: () => inside(async (instance) => (await instance.probe()).fault),
    stored: () => JSON.parse(stored ?? 'null') as { v: unknown; tokens?: object },
    /** A separate isolate that reads the published snapshot. */
    newReader: () =>
      createRevocationSnapshot({
        kv: { get } as unknown as KVNamespace,
        published: () => inside(async (instance) => instance.published()),
        isRevoked: (token) => inside(async (instance) => instance.isRevoked(token.jti, token)),
      }),
  }
}

async function overflow(world: ReturnType<typeof newWorld>, lifetimeSeconds = 600): Promise<void> {
  for (let index = 0; index < 30; index += 1) {
    await world.revoke(`${'x'.repeat(20)}${index}`, lifetimeSeconds)
  }
}

describe('more revocations than fit into one value', () => {
  it('are published as a marker, which the log and its health report', async () => {
    const world = newWorld()
    const logged = vi.spyOn(console, 'log')
    await overflow(world)
    await world.publish()
    expect(world.stored().v).not.toBe(1)
    expect(world.stored()).not.toHaveProperty('tokens')
    expect(await world.fault()).toBe('too_large')
    const events = logged.mock.calls.map(([line]) => JSON.parse(String(line)))
    logged.mockRestore()
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'revocations_unpublished', fault: 'too_large' }),
    )
  })

  it('are each found in the log: none of the tokens is accepted', async () => {
    const world = newWorld()
    const reader = world.newReader()
    await world.publish()
    await reader.load(world.now())
    await overflow(world)
    await world.revoke('the-last-one')
    await world.publish()
    world.wait(10)
    const { isRevoked } = await reader.load(world.now())
    expect(await isRevoked(revocable('the-last-one'))).toBe(true)
    expect(await isRevoked(revocable(`${'x'.repeat(20)}0`))).toBe(true)
    expect(await isRevoked(revocable('another'))).toBe(false)
  })

  it('are published as a snapshot after enough have ended', async () => {
    const world = newWorld()
    const reader = world.newReader()
    await overflow(world, 60)
    await world.revoke('lives', 6000)
    await world.publish()
    await reader.load(world.now())
    world.wait(200)
    await world.publish()
    expect(world.stored()).toMatchObject({ v: 1, tokens: { lives: expect.any(Number) } })
    expect(await world.fault()).toBeNull()
    const { sequence, isRevoked } = await reader.load(world.now())
    expect(sequence).toBeDefined()
    expect(isRevoked(revocable('lives'))).toBe(true)
  })
})

describe('a snapshot that is not renewed', () => {
  it('is not used beyond its maximum age: the log is asked', async () => {
    const world = newWorld()
    await world.publish()
    world.down(true)
    await world.revoke('one')
    await world.publish()
    world.wait(REVOCATION_SNAPSHOT_MAX_AGE_SECONDS)
    expect(await (await world.newReader().load(world.now())).isRevoked(revocable('one'))).toBe(
      false,
    )
    world.wait(1)
    expect(await (await world.newReader().load(world.now())).isRevoked(revocable('one'))).toBe(true)
  })

  it('is a fault only if KV fails for longer than a short time', async () => {
    const world = newWorld()
    await world.publish()
    world.down(true)
    await world.revoke('one')
    await world.publish()
    expect(await world.fault()).toBeNull()
    world.wait(REVOCATION_UNPUBLISHED_SECONDS)
    await world.publish()
    expect(await world.fault()).toBe('kv_unreachable')
    world.down(false)
    await world.publish()
    expect(await world.fault()).toBeNull()
  })

  it('is renewed before it reaches its maximum age', () => {
    expect(2 * REVOCATION_PURGE_SECONDS).toBeLessThan(REVOCATION_SNAPSHOT_MAX_AGE_SECONDS)
  })
})
