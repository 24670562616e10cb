import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  CLOCK_LEEWAY_SECONDS,
  REVOCATION_SNAPSHOT_MAX_AGE_SECONDS,
} from '../../../src/core/limits.ts'
import { type IsRevoked, Unavailable } from '../../../src/core/ports.ts'
import { type PublishedRevocations, REVOCATIONS_KEY } from '../../../src/protocol/revocations.ts'
import { createRevocationSnapshot } from '../../../src/worker/caches/revocation-snapshot.ts'
import { revocable } from '../../support/revocable-token.ts'

const AT = 1_800_000_000

function snapshot(sequence: number, ...jtis: string[]): PublishedRevocations {
  const tokens = Object.fromEntries(jtis.map((jti) => [jti, AT + 600]))
  return { v: 1, sequence, published_at: AT, tokens, before: [] }
}

const publish = (value: unknown) => env.REVOCATIONS.put(REVOCATIONS_KEY, JSON.stringify(value))

function newReader(
  published: () => Promise<PublishedRevocations | null>,
  isRevoked: IsRevoked = nobodyAsks,
) {
  return createRevocationSnapshot({ kv: env.REVOCATIONS, published, isRevoked })
}

const nobodyAsks = () => Promise.reject(new Error('the log was asked'))

// Logs of other test files would publish to the same key.
beforeAll(() => reset())
beforeEach(() => env.REVOCATIONS.delete(REVOCATIONS_KEY))

describe('the revocation snapshot of an isolate', () => {
  it('is read from KV, and the log is not asked', async () => {
    await publish(snapshot(3, 'one'))
    const revocations = await newReader(nobodyAsks).load(AT)
    expect(revocations.isRevoked(revocable('one'))).toBe(true)
    expect(revocations.isRevoked(revocable('two'))).toBe(false)
    expect(revocations.isRevoked(revocable('__proto__'))).toBe(false)
  })

  it('is kept for 10 s and then read again', async () => {
    await publish(snapshot(1))
    const reader = newReader(nobodyAsks)
    await reader.load(AT)
    await publish(snapshot(2, 'one'))
    expect((await reader.load(AT + 9)).isRevoked(revocable('one'))).toBe(false)
    expect((await reader.load(AT + 10)).isRevoked(revocable('one'))).toBe(true)
  })

  it('never falls back to an older snapshot', async () => {
    await publish(snapshot(2, 'one'))
    const reader = newReader(nobodyAsks)
    await reader.load(AT)
    await publish(snapshot(1))
    expect((await reader.load(AT + 10)).isRevoked(revocable('one'))).toBe(true)
  })

  const unreadable: readonly (readonly [string, unknown])[] = [
    ['the key is missing', undefined],
    ['its version is unknown', { ...snapshot(1), v: 2 }],
    ['it is not JSON', 'revoked: one'],
    [
      'it has a grain of a newer release',
      { ...snapshot(1), before: [{ grain: 'key', id: 'k', before: AT, expires_at: AT }] },
    ],
  ]
  it.each(unreadable)('comes from the log if %s', async (_, value) => {
    if (value !== undefined) await publish(value)
    const reader = newReader(async () => snapshot(1, 'from-the-log'))
    expect((await reader.load(AT)).isRevoked(revocable('from-the-log'))).toBe(true)
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
    expect((await reader.load(AT)).isRevoked(revocable('from-the-log'))).toBe(true)
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
    expect(all.every(({ isRevoked }) => isRevoked(revocable('one')))).toBe(true)
  })

  it('finds one revocation among a hundred thousand', async () => {
    const jtis = Array.from({ length: 100_000 }, (_, index) => `jti-${index}`)
    await publish(snapshot(1, ...jtis))
    const { isRevoked } = await newReader(nobodyAsks).load(AT)
    expect(isRevoked(revocable('jti-99999'))).toBe(true)
    expect(isRevoked(revocable('jti-100000'))).toBe(false)
  })
})
