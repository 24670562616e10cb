import {
  evictDurableObject,
  reset,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { REVOCATION_MARGIN_SECONDS } from '../../../../src/core/limits.ts'
import { REVOCATIONS_KEY } from '../../../../src/protocol/revocations.ts'
import type { RevocationLog } from '../../../../src/worker/objects/revocation-log/revocation-log.ts'
import { recentOf } from '../../../support/published-set.ts'

const newLog = () => env.REVOCATION_LOG.getByName(crypto.randomUUID())
const inTenMinutes = () => Math.floor(Date.now() / 1000) + 600

function revoke(log: DurableObjectStub<RevocationLog>, jti: string, expiresAt = inTenMinutes()) {
  return log.revokeToken({ jti, expiresAt, by: 'job' })
}

async function published(): Promise<Record<string, unknown> | null> {
  return env.REVOCATIONS.get(REVOCATIONS_KEY, 'json')
}

// Logs of other test files would publish to the same key.
beforeAll(() => reset())
beforeEach(() => env.REVOCATIONS.delete(REVOCATIONS_KEY))

describe('the revocation log', () => {
  it('reports a revoked token at once, and no other token', async () => {
    const log = newLog()
    await revoke(log, 'one')
    expect(await log.isRevoked('one')).toBe(true)
    expect(await log.isRevoked('two')).toBe(false)
  })

  it('keeps an acknowledged revocation through eviction', async () => {
    const log = newLog()
    await revoke(log, 'one')
    await evictDurableObject(log)
    expect(await log.isRevoked('one')).toBe(true)
  })

  it('stores the same revocation once', async () => {
    const log = newLog()
    await revoke(log, 'one')
    await revoke(log, 'one')
    expect(await log.pointer()).toMatchObject({ recent: recentOf('one') })
  })

  it('deletes a revocation only after the token has expired everywhere, including the leeway', async () => {
    const log = newLog()
    const expiresAt = inTenMinutes()
    await revoke(log, 'one', expiresAt)
    const at = (seconds: number) =>
      runInDurableObject(log, (instance: RevocationLog) => {
        instance.now = () => seconds
      })
    await at(expiresAt + REVOCATION_MARGIN_SECONDS - 1)
    await runDurableObjectAlarm(log)
    expect(await log.isRevoked('one')).toBe(true)
    await at(expiresAt + REVOCATION_MARGIN_SECONDS)
    await runInDurableObject(log, (instance: RevocationLog) => instance.alarm())
    expect(await log.isRevoked('one')).toBe(false)
    expect((await log.pointer())?.sequence).toBe(1)
  })
})

describe('the published pointer', () => {
  it('exists from the first start of the log, before a revocation', async () => {
    const log = newLog()
    await log.isRevoked('one')
    await runDurableObjectAlarm(log)
    expect(await published()).toMatchObject({
      v: 2,
      sequence: 0,
      segments: [],
      recent: '',
      before: [],
    })
  })

  it('contains every revoked token', async () => {
    const log = newLog()
    await revoke(log, 'one')
    await revoke(log, 'two')
    await runInDurableObject(log, (instance: RevocationLog) => instance.alarm())
    expect(await published()).toMatchObject({ sequence: 2, recent: recentOf('one', 'two') })
  })

  it('is published again after KV refuses it, with later revocations included', async () => {
    const log = newLog()
    await revoke(log, 'one')
    await runInDurableObject(log, async (instance: RevocationLog, state) => {
      const working = Reflect.get(instance, 'env')
      const broken = { put: () => Promise.reject(new Error('KV is down')) }
      Reflect.set(instance, 'env', { ...working, REVOCATIONS: broken })
      await instance.alarm()
      Reflect.set(instance, 'env', working)
      expect(await state.storage.getAlarm()).not.toBeNull()
    })
    await revoke(log, 'two')
    await runDurableObjectAlarm(log)
    expect(await published()).toMatchObject({ recent: recentOf('one', 'two') })
  })

  it('is written at most once a second, for any number of revocations', async () => {
    const log = newLog()
    await runDurableObjectAlarm(log)
    await runInDurableObject(log, async (instance: RevocationLog, state) => {
      await instance.alarm()
      const before = Date.now()
      for (let index = 0; index < 50; index += 1) {
        await instance.revokeToken({ jti: `jti-${index}`, expiresAt: inTenMinutes(), by: 'job' })
      }
      const next = (await state.storage.getAlarm()) ?? 0
      expect(next - before).toBeGreaterThan(500)
      expect(next - before).toBeLessThanOrEqual(1100)
    })
  })
})
