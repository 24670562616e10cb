import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import {
  REVOCATION_PURGE_SECONDS,
  REVOCATION_REPEAT_MILLISECONDS,
  REVOCATION_RETRY_MILLISECONDS,
  STORE_TIMEOUT_MILLISECONDS,
} from '../../../../src/core/limits.ts'
import type { RevocationLog } from '../../../../src/worker/objects/revocation-log/revocation-log.ts'
import { recentOf } from '../../../support/published-set.ts'
import { shortenDeadlines } from '../../support/deadlines.ts'

type Write = (value: string) => Promise<void>

/**
 * Revokes the token, if one is given, and publishes as the platform does, which clears the alarm
 * first. Returns the milliseconds until the next alarm.
 */
function publish(
  log: DurableObjectStub<RevocationLog>,
  write: Write,
  jti?: string,
): Promise<number> {
  return runInDurableObject(log, async (instance: RevocationLog, { storage }) => {
    const put = (_key: string, value: string) => write(value)
    Reflect.set(instance, 'env', { ...env, REVOCATIONS: { put } })
    const expiresAt = Math.floor(Date.now() / 1000) + 600
    if (jti !== undefined) await instance.revokeToken({ jti, expiresAt, by: 'job' })
    await storage.deleteAlarm()
    await instance.alarm()
    return ((await storage.getAlarm()) ?? 0) - Date.now()
  })
}

/** At most a second and a half shorter, because the clock continues. */
function expectWait(wait: number, milliseconds: number): void {
  expect(wait).toBeLessThanOrEqual(milliseconds)
  expect(wait).toBeGreaterThan(milliseconds - 1500)
}

const succeed: Write = () => Promise.resolve()
const fail: Write = () => Promise.reject(new Error('KV is down'))
const hang: Write = () => new Promise(() => undefined)
const HOUR = REVOCATION_PURGE_SECONDS * 1000

/** A log that has published its first, empty snapshot and has its next alarm in an hour. */
async function newLog(): Promise<DurableObjectStub<RevocationLog>> {
  const log = env.REVOCATION_LOG.getByName(crypto.randomUUID())
  const wait = () => publish(log, succeed)
  await expect.poll(wait, { timeout: 90_000 }).toBeGreaterThan(REVOCATION_REPEAT_MILLISECONDS)
  return log
}

describe('a write to KV with an unknown result', () => {
  it('REV-06 is abandoned at its deadline and tried again', { timeout: 90_000 }, async () => {
    const log = await newLog()
    const deadlines = shortenDeadlines()
    expectWait(await publish(log, hang, 'one'), REVOCATION_RETRY_MILLISECONDS)
    expect(deadlines.asked).toContain(STORE_TIMEOUT_MILLISECONDS)
  })

  it('REV-06 that arrives after a later write is replaced within a minute, not an hour', async () => {
    const log = await newLog()
    const late: string[] = []
    let stored = ''
    const store: Write = async (value) => {
      stored = value
    }
    const loseSight: Write = (value) => {
      late.push(value)
      return fail(value)
    }
    await publish(log, loseSight, 'one')
    expectWait(await publish(log, store, 'two'), REVOCATION_REPEAT_MILLISECONDS)
    stored = late[0] ?? ''
    expect(JSON.parse(stored)).toMatchObject({ sequence: 1 })
    expectWait(await publish(log, store), HOUR)
    expect(JSON.parse(stored)).toMatchObject({ sequence: 2, recent: recentOf('one', 'two') })
  })

  it('REV-06 makes the next snapshot count as new, in another instance too', async () => {
    const log = await newLog()
    expectWait(await publish(log, fail), REVOCATION_RETRY_MILLISECONDS)
    await evictDurableObject(log)
    expectWait(await publish(log, succeed), REVOCATION_REPEAT_MILLISECONDS)
    expectWait(await publish(log, succeed), HOUR)
  })
})

describe('a log that starts again', () => {
  it.each([
    ['has no alarm', undefined],
    ['has the later alarm of an earlier release', 12 * HOUR],
  ])('publishes as soon as its readers expect if it %s', async (_, planned) => {
    const log = await newLog()
    await runInDurableObject(log, (_instance, { storage }) =>
      planned === undefined ? storage.deleteAlarm() : storage.setAlarm(Date.now() + planned),
    )
    await evictDurableObject(log)
    const next = await runInDurableObject(log, (_instance, { storage }) => storage.getAlarm())
    expectWait((next ?? 0) - Date.now(), HOUR)
  })
})
