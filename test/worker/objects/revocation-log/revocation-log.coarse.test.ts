/** Coarse revocations in the log: what is stored, what is published, and how a stop ends. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { MAX_TOKEN_LIFETIME_CEILING_SECONDS } from '../../../../src/contract/limits.ts'
import { REVOCATION_MARGIN_SECONDS } from '../../../../src/core/limits.ts'
import type { CoarseGrain } from '../../../../src/protocol/revocations.ts'
import { REVOCATION_SPREAD_SECONDS } from '../../../../src/worker/limits.ts'
import type { RevocationLog } from '../../../../src/worker/objects/revocation-log/revocation-log.ts'
import { COARSE_TOKEN, NAMING } from '../../../support/coarse-revocations.ts'
import { REVOCABLE_ISSUED_AT } from '../../../support/revocable-token.ts'

const START = REVOCABLE_ISSUED_AT + 10
const LONGEST = MAX_TOKEN_LIFETIME_CEILING_SECONDS + REVOCATION_MARGIN_SECONDS
const WHY = { by: 'admin', reason: 'leaked' }

function newLog() {
  const log = env.REVOCATION_LOG.getByName(crypto.randomUUID())
  let at = START
  const inside = <T>(work: (instance: RevocationLog) => T | Promise<T>) =>
    runInDurableObject(log, (instance: RevocationLog) => {
      instance.now = () => at
      return work(instance)
    })
  return {
    log,
    inside,
    set: (now: number) => {
      at = now
    },
    revoke: (grain: CoarseGrain, id: string, before?: number) =>
      inside((instance) => instance.revokeCoarse({ grain, id, before, ...WHY })),
    lift: (grain: CoarseGrain, id: string) =>
      inside((instance) => instance.liftCoarse({ grain, id, by: 'other', reason: 'fixed' })),
    isRevoked: (iat: number, parts: Partial<typeof COARSE_TOKEN> = {}) =>
      inside((instance) => instance.isRevoked('one', { ...COARSE_TOKEN, iat, ...parts })),
    published: () => inside((instance) => instance.pointer()?.before),
  }
}

describe('REV-03 a stop', () => {
  it.each(NAMING)('by %s revokes what was issued before it', async (_, grain, id) => {
    const { revoke, isRevoked } = newLog()
    await revoke(grain, id)
    expect(await isRevoked(START - 1)).toBe(true)
  })

  it('revokes what an isolate still issues, until it ends', async () => {
    const { revoke, isRevoked, published } = newLog()
    await revoke('rule', 'deploy')
    expect(await isRevoked(START + 3600)).toBe(true)
    expect(await published()).toEqual([
      {
        grain: 'rule',
        id: 'deploy',
        before: START + LONGEST,
        expires_at: START + LONGEST,
        stops: true,
      },
    ])
  })

  it('of everything spares the admin tokens that are issued soon after it', async () => {
    const { revoke, isRevoked, published } = newLog()
    await revoke('all', '*')
    expect(await isRevoked(START + REVOCATION_SPREAD_SECONDS - 1)).toBe(true)
    expect(await isRevoked(START + REVOCATION_SPREAD_SECONDS)).toBe(false)
    expect(await published()).toMatchObject([{ grain: 'all', stops: true }])
  })

  it('REV-04 ends when no token that it names can be alive', async () => {
    const { revoke, inside, set } = newLog()
    const row = await revoke('subject', 'job')
    expect(row).toMatchObject({ issued_before: START, expires_at: START + LONGEST, ...WHY_ROW })
    set(START + LONGEST)
    await inside((instance) => instance.alarm())
    expect(await inside((instance) => instance.list())).toEqual({ coarse: [], tokens: 0 })
  })

  it('outlives its log', async () => {
    const { log, revoke, inside, isRevoked } = newLog()
    await revoke('key', 'key-1')
    await evictDurableObject(log)
    expect(await isRevoked(START)).toBe(true)
    const { coarse } = await inside((instance) => instance.list())
    expect(coarse).toMatchObject([{ grain: 'key', id: 'key-1', stops_issuing: 1 }])
  })
})

const WHY_ROW = { revoked_by: 'admin', reason: 'leaked' }

describe('a moment', () => {
  it('revokes the tokens before it and stops nothing', async () => {
    const { revoke, isRevoked, published } = newLog()
    await revoke('rule', 'deploy', START - 5)
    expect(await isRevoked(START - 6)).toBe(true)
    expect(await isRevoked(START - 5)).toBe(false)
    expect(await published()).toEqual([
      { grain: 'rule', id: 'deploy', before: START - 5, expires_at: START + LONGEST },
    ])
  })

  it('moves forward when it is repeated, and never back', async () => {
    const { revoke, set } = newLog()
    await revoke('rule', 'deploy', START - 5)
    set(START + 60)
    expect(await revoke('rule', 'deploy', START + 60)).toMatchObject({ issued_before: START + 60 })
    expect(await revoke('rule', 'deploy', START)).toMatchObject({ issued_before: START + 60 })
    // NET-14: the clock was set back.
    set(START - 3600)
    expect(await revoke('rule', 'deploy')).toMatchObject({
      issued_before: START + 60,
      revoked_at: START + 60,
      expires_at: START + 60 + LONGEST,
      stops_issuing: 1,
    })
  })

  it('is not taken from the future', async () => {
    const { revoke, published } = newLog()
    expect(await revoke('rule', 'deploy', START + 1)).toBeNull()
    expect(await published()).toEqual([])
  })

  it('does not end a stop', async () => {
    const { revoke } = newLog()
    await revoke('rule', 'deploy')
    expect(await revoke('rule', 'deploy', START)).toMatchObject({ stops_issuing: 1 })
  })

  it('keeps its end when it is lifted by a clock that was set back', async () => {
    const { set, revoke, lift } = newLog()
    await revoke('rule', 'deploy')
    set(START - 3600)
    expect(await lift('rule', 'deploy')).toMatchObject({
      issued_before: START + 1,
      expires_at: START + LONGEST,
      stops_issuing: 0,
    })
  })

  it('does not bring a stop back that has ended', async () => {
    const { revoke, set } = newLog()
    await revoke('rule', 'deploy')
    set(START + LONGEST)
    const before = START + LONGEST - 10
    expect(await revoke('rule', 'deploy', before)).toMatchObject({ stops_issuing: 0 })
  })
})

describe('the end of a stop', () => {
  it('leaves the tokens revoked that were issued before it', async () => {
    const { revoke, lift, set, isRevoked } = newLog()
    await revoke('rule', 'deploy')
    set(START + 100)
    expect(await lift('rule', 'deploy')).toMatchObject({
      issued_before: START + 100,
      stops_issuing: 0,
      expires_at: START + 100 + LONGEST,
      revoked_by: 'admin',
      lifted_at: START + 100,
      lifted_by: 'other',
      lift_reason: 'fixed',
    })
    expect(await isRevoked(START + 99)).toBe(true)
    expect(await isRevoked(START + 100)).toBe(false)
  })

  it('does not move the moment of everything back', async () => {
    const { revoke, lift, isRevoked } = newLog()
    await revoke('all', '*')
    await lift('all', '*')
    expect(await isRevoked(START + REVOCATION_SPREAD_SECONDS - 1)).toBe(true)
  })

  it('REV-03 leaves the tokens revoked that were issued in the second of the stop', async () => {
    const { revoke, lift, isRevoked } = newLog()
    await revoke('rule', 'deploy')
    expect(await lift('rule', 'deploy')).toMatchObject({ issued_before: START + 1 })
    expect(await isRevoked(START)).toBe(true)
    expect(await isRevoked(START + 1)).toBe(false)
  })

  it('needs a stop', async () => {
    const { revoke, lift, set } = newLog()
    expect(await lift('rule', 'deploy')).toBeNull()
    await revoke('rule', 'deploy', START)
    expect(await lift('rule', 'deploy')).toBeNull()
    await revoke('rule', 'deploy')
    set(START + LONGEST)
    expect(await lift('rule', 'deploy')).toBeNull()
  })

  it('is published like every change', async () => {
    const { revoke, lift, inside } = newLog()
    const sequence = () => inside((instance) => instance.pointer()?.sequence ?? 0)
    await revoke('rule', 'deploy')
    const before = await sequence()
    await lift('rule', 'deploy')
    expect(await sequence()).toBeGreaterThan(before)
  })
})

describe('a token whose key is unknown', () => {
  it('is revoked with any key, and not with anything else', async () => {
    const { revoke, isRevoked } = newLog()
    await revoke('rule', 'other')
    expect(await isRevoked(START - 1, { kid: undefined })).toBe(false)
    await revoke('key', 'key-2')
    expect(await isRevoked(START - 1)).toBe(false)
    expect(await isRevoked(START - 1, { kid: undefined })).toBe(true)
  })
})

describe('a coarse revocation, asked for by its name', () => {
  it('is found as it is published, also by its grain alone', async () => {
    const { revoke, inside } = newLog()
    await revoke('key', 'key-1')
    await revoke('key', 'key-2', START)
    const find = (id: string | undefined) =>
      inside((instance) => instance.findCoarse([['key', id]]))
    expect(await find('key-2')).toMatchObject([{ id: 'key-2', before: START }])
    expect(await find(undefined)).toHaveLength(2)
    expect(await find('key-3')).toEqual([])
  })
})
