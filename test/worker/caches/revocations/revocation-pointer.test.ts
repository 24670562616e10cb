/** Which pointers an isolate accepts. */
import { describe, expect, it } from 'vitest'
import { REVOCATION_SNAPSHOT_MAX_AGE_SECONDS } from '../../../../src/core/limits.ts'
import type { IsRevoked } from '../../../../src/core/revocation-ports.ts'
import { parsePublished } from '../../../../src/worker/caches/revocations/published-revocations.ts'
import {
  REVOCATION_PUBLISHED_MAX,
  REVOCATION_REVALIDATE_MILLISECONDS,
} from '../../../../src/worker/limits.ts'
import { recentOf } from '../../../support/published-set.ts'
import { revocable } from '../../../support/revocable-token.ts'
import { newTestReader } from '../../support/revocation-reader.ts'

const AT = 1_800_000_000
const GOOD = {
  v: 2,
  sequence: 1,
  published_at: AT,
  segments: [] as object[],
  recent: recentOf('one'),
  before: [],
}
/** The form that earlier releases read. */
const WHOLE = { v: 1, sequence: 1, published_at: AT, tokens: { one: AT + 60 }, before: [] }
const STOP = { grain: 'rule', id: 'deploy', before: AT, expires_at: AT + 60 }
const digest = 'a'.repeat(64)
const revoked: IsRevoked = async () => true

function read(
  value: object | string,
  asked: object | null = { ...GOOD, recent: recentOf('from the log') },
) {
  const kv = {
    get: async () => JSON.stringify(value),
  } as unknown as KVNamespace
  return newTestReader(kv, { pointer: async () => asked, isRevoked: revoked }).load(AT)
}

const bad: readonly (readonly [string, object])[] = [
  ['a name that is not a digest', { ...GOOD, segments: [{ digest: '../revocations', count: 1 }] }],
  ['an empty segment', { ...GOOD, segments: [{ digest, count: 0 }] }],
  [
    'more tokens than fit into memory',
    {
      ...GOOD,
      segments: [
        { digest, count: REVOCATION_PUBLISHED_MAX },
        { digest: 'b'.repeat(64), count: 1 },
      ],
    },
  ],
  ['no recent tokens', { ...GOOD, recent: undefined }],
  ['REV-02 a moment that is no number', { ...GOOD, before: [{ ...STOP, before: '9' }] }],
  ['REV-02 an unknown kind of stop', { ...GOOD, before: [{ ...STOP, stops: 'soon' }] }],
]

function parse(text: string): unknown {
  try {
    return parsePublished(text)
  } catch (error) {
    return error
  }
}

describe('a published text', () => {
  it.each([
    ['is not JSON', '{'],
    ['REV-02 has the first form in another version', JSON.stringify({ ...WHOLE, v: 3 })],
  ])('is unknown if it %s', (_, text) => {
    expect(parse(JSON.stringify(WHOLE))).toEqual(WHOLE)
    expect(parse(text)).toBeUndefined()
  })
})

describe('a pointer', () => {
  it('is used if all of its parts are valid', async () => {
    const { isRevoked, fault } = await read(GOOD)
    expect(await isRevoked(revocable('one'))).toBe(true)
    expect(isRevoked(revocable('from the log'))).toBe(false)
    expect(fault).toBeUndefined()
  })

  it.each(bad)('is replaced by that of the log if it has %s', async (_, value) => {
    const { isRevoked, fault } = await read(value)
    expect(fault).toBeUndefined()
    expect(isRevoked(revocable('one'))).toBe(false)
    expect(await isRevoked(revocable('from the log'))).toBe(true)
  })

  it.each(bad)(
    'makes the isolate ask about each token if that of the log has %s',
    async (_, value) => {
      const { isRevoked, sequence } = await read({}, value)
      expect(sequence).toBeUndefined()
      expect(await isRevoked(revocable('any'))).toBe(true)
    },
  )

  const damaged = [
    ['a part of a prefix', recentOf('one').slice(0, -2)],
    ['text that is not base64url', '!'.repeat(11)],
  ] as const
  it.each(damaged)('is not used if its recent tokens are %s', async (_, recent) => {
    const { isRevoked, fault } = await read({ ...GOOD, recent })
    expect(fault).toBe('segment_unavailable')
    expect(await isRevoked(revocable('any'))).toBe(true)
  })

  it('that is too old is no longer reported as soon as a layer has a young one', async () => {
    const old = { ...GOOD, published_at: AT - REVOCATION_SNAPSHOT_MAX_AGE_SECONDS - 1 }
    const kv = { get: async () => JSON.stringify(old) } as unknown as KVNamespace
    let answer: object | undefined
    const nearest = {
      now: () => AT * 1000,
      load: async () => answer as never,
      confirm: async () => true,
    }
    const reader = newTestReader(kv, { nearest, pointer: async () => GOOD, isRevoked: revoked })
    expect((await reader.load(AT)).fault).toBe('pointer_stale')
    answer = GOOD
    nearest.now = () => AT * 1000 + REVOCATION_REVALIDATE_MILLISECONDS
    expect((await reader.load(AT + 4)).fault).toBeUndefined()
  })

  it('that is too old is not reported in place of a segment that cannot be loaded', async () => {
    const old = { ...GOOD, published_at: AT - REVOCATION_SNAPSHOT_MAX_AGE_SECONDS - 1 }
    const asked = { ...GOOD, segments: [{ digest, count: 1 }] }
    const { isRevoked, fault } = await read(old, asked)
    expect(fault).toBe('segment_unavailable')
    expect(await isRevoked(revocable('any'))).toBe(true)
  })

  it('that is too old is replaced by that of the log, and the reader reports it', async () => {
    const old = { ...GOOD, published_at: AT - REVOCATION_SNAPSHOT_MAX_AGE_SECONDS - 1 }
    const { isRevoked, fault } = await read(old)
    expect(fault).toBe('pointer_stale')
    expect(await isRevoked(revocable('from the log'))).toBe(true)
  })
})
