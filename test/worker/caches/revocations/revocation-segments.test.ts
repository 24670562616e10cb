/** How an isolate loads segments, and what it does without one. */
import { describe, expect, it } from 'vitest'
import { Unavailable } from '../../../../src/core/ports.ts'
import { REVOCATIONS_KEY, segmentKeyOf } from '../../../../src/protocol/revocations.ts'
import { toHex } from '../../../../src/web/bytes.ts'
import { createRevocationSegments } from '../../../../src/worker/caches/revocations/revocation-segments.ts'
import { REVOCATION_SEGMENT_LOOK_MILLISECONDS } from '../../../../src/worker/limits.ts'
import { setOf } from '../../../support/published-set.ts'
import { revocable } from '../../../support/revocable-token.ts'
import { shortenDeadlines } from '../../support/deadlines.ts'
import { newTestReader } from '../../support/revocation-reader.ts'
import { newWorld, segmentsOf } from '../../support/revocation-world.ts'

const SIZES = { recent: 4, segment: 64, published: 1000 }

/** Eleven revoked tokens: eight in a segment and three in the pointer. */
async function newPublished() {
  const world = newWorld(SIZES)
  await world.fill(8)
  await world.publish()
  await world.fill(3, 'recent-')
  await world.publish()
  const { segments = [] } = (await world.pointer()) ?? {}
  const digest = segments[0]?.digest ?? ''
  expect(segments).toEqual([{ digest, count: 8 }])
  const key = segmentKeyOf(digest)
  const expectAll = async (reader = world.newReader()) => {
    const { isRevoked, fault } = await reader.load(world.now())
    expect(await isRevoked(revocable('jti-7'))).toBe(true)
    expect(await isRevoked(revocable('recent-2'))).toBe(true)
    expect(await isRevoked(revocable('jti-8'))).toBe(false)
    return fault
  }
  return { ...world, digest, key, expectAll }
}

describe('the segments of an isolate', () => {
  it('are loaded once, and later only those that it lacks', async () => {
    const world = await newPublished()
    const reader = world.newReader()
    await world.expectAll(reader)
    await world.fill(16, 'more-')
    await world.publish()
    world.wait(10)
    await world.expectAll(reader)
    const { isRevoked } = await reader.load(world.now())
    expect(await isRevoked(revocable('more-15'))).toBe(true)
    const reads = segmentsOf(world.counts.reads.keys()).map((key) => world.counts.reads.get(key))
    expect(reads).toEqual([1, 1])
  })

  it('are loaded by one of many simultaneous requests', async () => {
    const world = await newPublished()
    const reader = world.newReader()
    await Promise.all(Array.from({ length: 32 }, () => world.expectAll(reader)))
    expect(world.counts.reads.get(world.key)).toBe(1)
  })

  it('are loaded by another request if the first one is cancelled', async () => {
    const world = await newPublished()
    const reader = world.newReader()
    shortenDeadlines()
    let isHanging = true
    let hung = () => {}
    const hasHung = new Promise<void>((resolve) => {
      hung = resolve
    })
    const { get } = world.kv
    Reflect.set(world.kv, 'get', (key: string, type: 'text') => {
      if (!isHanging || key !== world.key) return get(key, type)
      hung()
      return new Promise(() => undefined)
    })
    const cancelled = reader.load(world.now())
    await hasHung
    isHanging = false
    world.broken.log = true
    const { isRevoked } = await reader.load(world.now())
    expect(await isRevoked(revocable('jti-8'))).toBe(false)
    expect(world.counts.reads.get(world.key)).toBe(1)
    world.broken.log = false
    await cancelled
  })

  it('are forgotten when the newest pointer does not list them', async () => {
    const world = await newPublished()
    const list = [{ digest: world.digest, count: 8 }]
    const segments = createRevocationSegments({
      kv: world.kv,
      segment: () => Promise.reject(new Error('the log was asked')),
      report: () => undefined,
    })
    const reads = async () => {
      await segments.load(list)
      return world.counts.reads.get(world.key)
    }
    expect(await reads()).toBe(1)
    segments.keep(list)
    expect(await reads()).toBe(1)
    segments.keep([])
    expect(await reads()).toBe(2)
  })

  it('are forgotten by a reader when its newest pointer does not list them', async () => {
    const content = setOf('one').slice()
    const digest = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', content)))
    let segments = [{ digest, count: 1 }]
    let [sequence, reads] = [0, 0]
    const reader = newTestReader({
      get: async (key: string) => {
        const pointer = { v: 2, sequence, published_at: sequence, segments, recent: '', before: [] }
        if (key === REVOCATIONS_KEY) return JSON.stringify(pointer)
        reads += 1
        return content.buffer
      },
    } as unknown as KVNamespace)
    const load = async () => {
      sequence += 10
      await reader.load(sequence)
      return reads
    }
    expect([await load(), await load()]).toEqual([1, 1])
    segments = []
    await load()
    segments = [{ digest, count: 1 }]
    expect(await load()).toBe(2)
  })

  it('that one request could not load make the next one wait for nothing', async () => {
    const world = await newPublished()
    world.broken.reads = (key) => key === world.key
    world.broken.log = true
    const reader = world.newReader()
    await reader.load(world.now())
    world.broken.reads = () => false
    world.wait(10)
    const { asked } = shortenDeadlines()
    const { isRevoked } = await reader.load(world.now())
    expect(await isRevoked(revocable('jti-8'))).toBe(false)
    expect(asked).not.toContain(REVOCATION_SEGMENT_LOOK_MILLISECONDS)
  })

  it('of an older pointer do not replace those of a newer one, however late they arrive', async () => {
    const world = await newPublished()
    const reader = world.newReader()
    const { get } = world.kv
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    Reflect.set(world.kv, 'get', async (key: string, type: 'text') => {
      if (key === world.key) await released
      return get(key, type)
    })
    const late = reader.load(world.now())
    await expect.poll(() => world.counts.reads.get(REVOCATIONS_KEY), { timeout: 30_000 }).toBe(1)
    await world.fill(8, 'more-')
    await world.publish()
    await reader.load(world.now())
    release()
    const { isRevoked } = await late
    expect(await isRevoked(revocable('more-7'))).toBe(true)
    const held = await reader.load(world.now())
    expect(await held.isRevoked(revocable('more-7'))).toBe(true)
  })
})

describe('a segment that KV does not have', () => {
  it('comes from the log, which KV may be behind', async () => {
    const world = await newPublished()
    world.broken.reads = (key) => key === world.key
    expect(await world.expectAll()).toBeUndefined()
    expect(world.faults).toEqual([[world.digest, 'missing']])
  })

  it('comes from the log if the content in KV is not that of the digest', async () => {
    const world = await newPublished()
    const content = new Uint8Array((await world.stored(world.key)) ?? [])
    content[0] = (content[0] ?? 0) ^ 1
    await world.plant(world.key, content)
    expect(await world.expectAll()).toBeUndefined()
    await world.plant(world.key, '')
    expect(await world.expectAll()).toBeUndefined()
    expect(world.faults).toEqual([
      [world.digest, 'corrupt'],
      [world.digest, 'corrupt'],
    ])
  })

  it('is not used if it has another size than its pointer says', async () => {
    const world = await newPublished()
    const segments = createRevocationSegments({
      kv: world.kv,
      segment: async () => null,
      report: (digest, fault) => world.faults.push([digest, fault]),
    })
    expect(await segments.load([{ digest: world.digest, count: 7 }])).toBeUndefined()
    expect(world.faults).toEqual([[world.digest, 'corrupt']])
    expect(await segments.load([{ digest: world.digest, count: 8 }])).toHaveLength(1)
  })

  it('makes the isolate ask about each token if the log does not have it either', async () => {
    const world = await newPublished()
    world.broken.reads = (key) => key === world.key
    await world.inside((_, { sql }) => {
      sql.exec('DELETE FROM segments')
    })
    const reader = world.newReader()
    expect(await world.expectAll(reader)).toBe('segment_unavailable')
    expect(world.counts.questions).toBe(3)
    world.broken.reads = () => false
    world.wait(10)
    expect(await world.expectAll(reader)).toBeUndefined()
  })

  it('REV-02 accepts no token if the log is down', async () => {
    const world = await newPublished()
    world.broken.reads = (key) => key === world.key
    world.broken.log = true
    const { isRevoked } = await world.newReader().load(world.now())
    await expect(isRevoked(revocable('jti-8'))).rejects.toThrow('the log is down')
  })

  it('REV-02 is unavailable if the pointer is missing too and the log is down', async () => {
    const world = await newPublished()
    world.broken.reads = () => true
    world.broken.log = true
    await expect(world.newReader().load(world.now())).rejects.toBeInstanceOf(Unavailable)
  })
})
