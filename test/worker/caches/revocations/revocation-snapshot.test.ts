import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  CLOCK_LEEWAY_SECONDS,
  REVOCATION_SNAPSHOT_MAX_AGE_SECONDS,
} from '../../../../src/core/limits.ts'
import { Unavailable } from '../../../../src/core/ports.ts'
import type { IsRevoked } from '../../../../src/core/revocation-ports.ts'
import { REVOCATIONS_KEY, type RevocationPointer } from '../../../../src/protocol/revocations.ts'
import { recentOf } from '../../../support/published-set.ts'
import { revocable } from '../../../support/revocable-token.ts'
import { newTestReader, nobodyAsks } from '../../support/revocation-reader.ts'

const AT = 1_800_000_000

function snapshot(sequence: number, ...jtis: string[]): RevocationPointer {
  const recent = recentOf(...jtis)
  return { v: 2, sequence, published_at: AT, segments: [], recent, before: [] }
}

const publish = (value: unknown) => env.REVOCATIONS.put(REVOCATIONS_KEY, JSON.stringify(value))

const confirm: IsRevoked = async () => true

function newReader(pointer: () => Promise<RevocationPointer | null>) {
  return newTestReader(env.REVOCATIONS, { pointer, isRevoked: confirm })
}

// Logs of other test files would publish to the same key.
beforeAll(() => reset())
beforeEach(() => env.REVOCATIONS.delete(REVOCATIONS_KEY))

describe('the revocation snapshot of an isolate', () => {
  it('is read from KV, and the log is not asked', async () => {
    await publish(snapshot(3, 'one'))
    const revocations = await newReader(nobodyAsks).load(AT)
    expect(await revocations.isRevoked(revocable('one'))).toBe(true)
    expect(revocations.isRevoked(revocable('two'))).toBe(false)
    expect(revocations.isRevoked(revocable('__proto__'))).toBe(false)
  })

  it('is kept for 10 s and then read again', async () => {
    await publish(snapshot(1))
    const reader = newReader(nobodyAsks)
    await reader.load(AT)
    await publish(snapshot(2, 'one'))
    expect((await reader.load(AT + 9)).isRevoked(revocable('one'))).toBe(false)
    expect(await (await reader.load(AT + 10)).isRevoked(revocable('one'))).toBe(true)
  })

  it('never falls back to an older snapshot', async () => {
    await publish(snapshot(2, 'one'))
    const reader = newReader(nobodyAsks)
    await reader.load(AT)
    await publish(snapshot(1))
    expect(await (await reader.load(AT + 10)).isRevoked(revocable('one'))).toBe(true)
  })

  const unreadable: readonly (readonly [string, unknown])[] = [
    ['the key is missing', undefined],
    ['its version is unknown', { ...snapshot(1), v: 3 }],
    ['it is not JSON', 'revoked: one'],
    [
      'it has a grain of a newer release',
      { ...snapshot(1), before: [{ grain: 'tenant', id: 't', before: AT, expires_at: AT }] },
    ],
  ]
  it.each(unreadable)('comes from the log if %s', async (_, value) => {
    if (value !== undefined) await publish(value)
    const reader = newReader(async () => snapshot(1, 'from-the-log'))
    expect(await (await reader.load(AT)).isRevoked(revocable('from-the-log'))).toBe(true)
  })

  it('is unavailable if KV has no key and the log fails: no token is accepted', async () => {
    const load = newReader(nobodyAsks).load(AT)
    await expect(load).rejects.toBeInstanceOf(Unavailable)
  })

  const doubtful: readonly (readonly [string, number])[] = [
    ['older than its maximum age', AT - REVOCATION_SNAPSHOT_MAX_AGE_SECONDS - 1],
    ['from the future', AT + CLOCK_LEEWAY_SECONDS + 1],
  ]
  it.each(doubtful)('comes from the log if the published one is %s', async (_, publishedAt) => {
    await publish({ ...snapshot(1), published_at: publishedAt })
    const reader = newReader(async () => snapshot(1, 'from-the-log'))
    expect(await (await reader.load(AT)).isRevoked(revocable('from-the-log'))).toBe(true)
    await expect(newReader(nobodyAsks).load(AT)).rejects.toBeInstanceOf(Unavailable)
  })

  it('is parsed by one of many simultaneous requests', async () => {
    await publish(snapshot(1, 'one'))
    const reader = newReader(nobodyAsks)
    const parse = vi.spyOn(JSON, 'parse')
    const all = await Promise.all(Array.from({ length: 50 }, () => reader.load(AT)))
    const parsed = parse.mock.calls.filter(([text]) => text.includes('published_at')).length
    parse.mockRestore()
    expect(parsed).toBe(1)
    for (const { isRevoked } of all) expect(await isRevoked(revocable('one'))).toBe(true)
  })
})
