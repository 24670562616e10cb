/** A second log that was started from an export of the first answers the same. */
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { CopiedRow } from '../../../../src/worker/objects/revocation-log/copy-rows.ts'
import type { RevocationLog } from '../../../../src/worker/objects/revocation-log/revocation-log.ts'
import { COARSE_TOKEN } from '../../../support/coarse-revocations.ts'
import { revocable } from '../../../support/revocable-token.ts'

const NOW = Math.floor(Date.now() / 1000)
const END = NOW + 600
const WHY = { by: 'admin', reason: 'leaked' }

function newLog() {
  const log = env.REVOCATION_LOG.getByName(crypto.randomUUID())
  const inside = <T>(work: (instance: RevocationLog) => T | Promise<T>) =>
    runInDurableObject(log, work)
  return {
    inside,
    isRevoked: (token: typeof COARSE_TOKEN) =>
      inside((instance) => instance.isRevoked(token.jti, token)),
    async exportAll() {
      const rows: CopiedRow[] = []
      for (let after: number | undefined = 0; after !== undefined; ) {
        const from: number = after
        const part = await inside((instance) => instance.exportRows(from))
        rows.push(...part.rows)
        after = part.next
      }
      return rows
    },
    importAll: (rows: readonly CopiedRow[]) => inside((instance) => instance.importRows(rows)),
  }
}

function importAt(log: RevocationLog, rows: readonly CopiedRow[], at: number): Promise<number> {
  log.now = () => at
  return log.importRows(rows)
}

type Log = ReturnType<typeof newLog>

async function fill({ inside }: Log, tokens: number): Promise<void> {
  await inside(async (instance) => {
    for (let index = 0; index < tokens; index += 1) {
      await instance.revokeToken({ jti: `jti-${index}`, expiresAt: END, by: 'job' })
    }
    await instance.revokeCoarse({ grain: 'rule', id: 'deploy', ...WHY })
    await instance.revokeCoarse({ grain: 'subject', id: 'job', before: NOW - 60, ...WHY })
  })
}

describe('a second log from an export', () => {
  it('answers the same, token by token', async () => {
    const [first, second] = [newLog(), newLog()]
    await fill(first, 20)
    const rows = await first.exportAll()
    expect(rows).toHaveLength(22)
    expect(await second.importAll(rows)).toBe(22)
    const early = revocable('x', { sub: 'job', iat: NOW - 61 })
    const late = revocable('x', { sub: 'job', iat: NOW - 60 })
    for (const token of [revocable('jti-0'), revocable('jti-19'), revocable('jti-20')]) {
      expect(await second.isRevoked(token), token.jti).toBe(await first.isRevoked(token))
    }
    expect(await second.isRevoked({ ...COARSE_TOKEN, iat: NOW })).toBe(true)
    expect([await second.isRevoked(early), await second.isRevoked(late)]).toEqual([true, false])
    const list = (log: Log) => log.inside((instance) => instance.list())
    expect(await list(second)).toEqual(await list(first))
  })

  it('takes over a stop whose moment and end it has already', async () => {
    const [first, second] = [newLog(), newLog()]
    const revoke = (log: Log, before?: number) =>
      log.inside((instance) => {
        instance.now = () => NOW
        return instance.revokeCoarse({ grain: 'rule', id: 'deploy', before, ...WHY })
      })
    await revoke(first)
    await revoke(second, NOW)
    expect(await second.importAll(await first.exportAll())).toBe(1)
    const { coarse } = await second.inside((instance) => instance.list())
    expect(coarse).toMatchObject([{ id: 'deploy', issued_before: NOW, stops_issuing: 1 }])
  })

  it('publishes what it took over', async () => {
    const [first, second] = [newLog(), newLog()]
    await fill(first, 1)
    await second.importAll(await first.exportAll())
    const pointer = await second.inside((instance) => instance.pointer())
    expect(pointer?.before).toHaveLength(2)
    expect(pointer?.recent).not.toBe('')
    expect(await second.inside((_) => _.alarm())).toBeUndefined()
  })

  it('changes nothing when it is repeated', async () => {
    const [first, second] = [newLog(), newLog()]
    await fill(first, 2)
    const rows = await first.exportAll()
    await second.importAll(rows)
    expect(await second.importAll(rows)).toBe(0)
  })
})

describe('rows of another log', () => {
  const row = {
    grain: 'rule',
    id: 'deploy',
    issued_before: NOW - 100,
    stops_issuing: 0,
    expires_at: END,
    revoked_at: NOW - 100,
    revoked_by: 'other',
    reason: 'old',
    lifted_at: null,
    lifted_by: null,
    lift_reason: null,
  }

  it('never weaken what is stored', async () => {
    const log = newLog()
    const stored = await log.inside((one) =>
      one.revokeCoarse({ grain: 'rule', id: 'deploy', ...WHY }),
    )
    expect(await log.importAll([row])).toBe(0)
    const { coarse } = await log.inside((instance) => instance.list())
    expect(coarse).toEqual([stored])
  })

  it('do not show a stop in force as lifted', async () => {
    const log = newLog()
    const stored = await log.inside((one) =>
      one.revokeCoarse({ grain: 'rule', id: 'deploy', ...WHY }),
    )
    const lift = { lifted_at: NOW - 5, lifted_by: 'other', lift_reason: 'mended there' }
    const moment = (stored?.issued_before ?? 0) + 1
    const lifted = { ...row, ...lift, issued_before: moment }
    expect(await log.importAll([lifted])).toBe(1)
    const { coarse } = await log.inside((instance) => instance.list())
    expect(coarse).toEqual([{ ...stored, issued_before: moment }])
  })

  it('do not bring a stop back that has ended', async () => {
    const log = newLog()
    const stop = await log.inside((one) =>
      one.revokeCoarse({ grain: 'rule', id: 'deploy', ...WHY }),
    )
    const later = (stop?.expires_at ?? 0) + 1
    const copied = { ...row, expires_at: later + 600 }
    expect(await log.inside((one) => importAt(one, [copied], later))).toBe(1)
    const { coarse } = await log.inside((instance) => instance.list())
    expect(coarse).toMatchObject([{ stops_issuing: 0, reason: 'old' }])
  })

  it('make it stronger: the later moment, the stop and the later end', async () => {
    const log = newLog()
    await log.importAll([row])
    const later = { ...row, issued_before: NOW - 10, stops_issuing: 1, expires_at: END + 5 }
    expect(await log.importAll([later])).toBe(1)
    const { coarse } = await log.inside((instance) => instance.list())
    expect(coarse).toMatchObject([
      { issued_before: NOW - 10, stops_issuing: 1, expires_at: END + 5 },
    ])
  })

  it('are left out if they have ended or have an unknown grain', async () => {
    const log = newLog()
    const ended = { ...row, expires_at: NOW - 1 }
    expect(await log.importAll([ended, { ...row, grain: 'tenant' }])).toBe(0)
  })

  it('never last longer than a token can live', async () => {
    const log = newLog()
    await log.importAll([{ ...row, expires_at: 9_000_000_000 }])
    const { coarse } = await log.inside((instance) => instance.list())
    expect(coarse[0]?.expires_at).toBeLessThan(NOW + 3 * 24 * 3600)
  })
})
