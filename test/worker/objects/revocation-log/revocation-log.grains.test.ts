import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { Unavailable } from '../../../../src/core/ports.ts'
import { createRevocationPorts } from '../../../../src/worker/objects/durable-ports.ts'
import type { RevocationLog } from '../../../../src/worker/objects/revocation-log/revocation-log.ts'
import {
  AFTER_ISSUE,
  COARSE_TOKEN,
  NAMING,
  NOT_NAMING,
} from '../../../support/coarse-revocations.ts'
import { REVOCABLE_ISSUED_AT } from '../../../support/revocable-token.ts'

const END = Math.floor(Date.now() / 1000) + 600

/** A log with one row of the next release, read by an instance of this release. */
async function logWith(grain: string, id: string, before: number | null, end = END) {
  const log = env.REVOCATION_LOG.getByName(crypto.randomUUID())
  await runInDurableObject(log, (_: RevocationLog, { storage }) => {
    storage.sql.exec(
      `INSERT INTO revocations (grain, id, issued_before, expires_at, revoked_at, revoked_by)
       VALUES (?, ?, ?, ?, 0, 'admin')`,
      grain,
      id,
      before,
      end,
    )
  })
  await evictDurableObject(log)
  const namespace = new Proxy(env.REVOCATION_LOG, {
    get: (_, name) => (name === 'getByName' ? () => log : undefined),
  })
  const { isRevoked } = createRevocationPorts({ ...env, REVOCATION_LOG: namespace })
  return { log, isRevoked }
}

describe('REV-03 the log, asked about a token', () => {
  it.each(NAMING)('refuses a token that is revoked by %s', async (_, grain, id) => {
    const { isRevoked } = await logWith(grain, id, AFTER_ISSUE)
    expect(await isRevoked(COARSE_TOKEN)).toBe(true)
  })

  it.each(NAMING)('accepts a token issued later, named by %s', async (_, grain, id) => {
    const { isRevoked } = await logWith(grain, id, REVOCABLE_ISSUED_AT)
    expect(await isRevoked(COARSE_TOKEN)).toBe(false)
  })

  it.each(NOT_NAMING)('accepts it if %s is revoked', async (_, grain, id) => {
    const { isRevoked } = await logWith(grain, id, AFTER_ISSUE)
    expect(await isRevoked(COARSE_TOKEN)).toBe(false)
  })

  it('a row without a time revokes every token', async () => {
    const { log, isRevoked } = await logWith('rule', 'deploy', null, REVOCABLE_ISSUED_AT + 600)
    expect(await isRevoked(COARSE_TOKEN)).toBe(true)
    const pointer = await runInDurableObject(log, (instance: RevocationLog) => instance.pointer())
    expect(pointer?.before).toEqual([
      {
        grain: 'rule',
        id: 'deploy',
        before: REVOCABLE_ISSUED_AT + 600,
        expires_at: REVOCABLE_ISSUED_AT + 600,
      },
    ])
  })

  it('answers a Worker of 0.2.0, which sends only the jti', async () => {
    const { log } = await logWith('rule', 'deploy', AFTER_ISSUE)
    await log.revokeToken({ jti: 'two', expiresAt: END, by: 'job' })
    expect(await log.isRevoked('two')).toBe(true)
    // The `jti` does not tell whether the rule granted it.
    await runInDurableObject(log, (instance: RevocationLog) => {
      expect(() => instance.isRevoked('one')).toThrow('the token is not known')
    })
    const { log: other } = await logWith('rule', 'deploy', AFTER_ISSUE, 5)
    expect(await other.isRevoked('one')).toBe(false)
  })
})

describe('REV-02 a revocation of an unknown grain in the log', () => {
  // By name: before all known grains, between two, and after all.
  it.each(['actor', 'client', 'tenant', 'zone'])(
    'makes every check fail until it ends: %s',
    async (grain) => {
      const { log, isRevoked } = await logWith(grain, 't1', AFTER_ISSUE)
      await expect(isRevoked(COARSE_TOKEN)).rejects.toBeInstanceOf(Unavailable)
      await runInDurableObject(log, (instance: RevocationLog) => {
        instance.now = () => END
      })
      expect(await isRevoked(COARSE_TOKEN)).toBe(false)
    },
  )

  it('is reported by the probe until it ends', async () => {
    const { log } = await logWith('tenant', 't1', AFTER_ISSUE)
    expect(await log.probe()).toEqual({ fault: 'unknown_grain' })
    await runInDurableObject(log, (instance: RevocationLog) => {
      instance.now = () => END
    })
    expect(await log.probe()).toEqual({ fault: null })
  })

  it('keeps a revoked token revoked', async () => {
    const { log, isRevoked } = await logWith('tenant', 't1', AFTER_ISSUE)
    await log.revokeToken({ jti: 'one', expiresAt: END, by: 'job' })
    expect(await isRevoked(COARSE_TOKEN)).toBe(true)
  })
})

describe('the size of coarse revocations', () => {
  it('counts an id at its longest form in JSON', async () => {
    const { log } = await logWith('subject', '\u0001é'.repeat(100), AFTER_ISSUE)
    await runInDurableObject(log, (instance: RevocationLog) => {
      const bytes = new TextEncoder().encode(JSON.stringify(instance.pointer()?.before)).length
      instance.sizes = { ...instance.sizes, coarseBytes: bytes - 1 }
      expect(instance.pointer()).toBeNull()
    })
  })
})
