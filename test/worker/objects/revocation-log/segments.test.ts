/** How the log turns revoked tokens into segments, merges them and removes them. */
import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import {
  REVOCATION_MARGIN_SECONDS,
  REVOCATION_SNAPSHOT_MAX_AGE_SECONDS,
} from '../../../../src/core/limits.ts'
import { REVOCATIONS_KEY, segmentKeyOf } from '../../../../src/protocol/revocations.ts'
import { toHex } from '../../../../src/web/bytes.ts'
import {
  REVOCATION_PURGE_ROWS,
  REVOCATION_REWRITE_SECONDS,
  REVOCATION_WAITING_FACTOR,
} from '../../../../src/worker/limits.ts'
import { recentOf, setOf } from '../../../support/published-set.ts'
import { revocable } from '../../../support/revocable-token.ts'
import { newWorld, segmentsOf } from '../../support/revocation-world.ts'

const SIZES = { recent: 4, segment: 64, published: 1000 }
const jtis = (count: number, name = 'jti-') => Array.from({ length: count }, (_, i) => name + i)

async function digestOf(content: Uint8Array<ArrayBuffer>): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', content)))
}

describe('the published set', () => {
  it('has the newest tokens in the pointer', async () => {
    const world = newWorld(SIZES)
    await world.fill(4)
    await world.publish()
    expect(await world.pointer()).toMatchObject({ segments: [], recent: recentOf(...jtis(4)) })
  })

  it('has more tokens in a segment, named by the SHA-256 of its content', async () => {
    const world = newWorld(SIZES)
    await world.fill(5)
    await world.publish()
    const content = new Uint8Array(setOf(...jtis(5)))
    const digest = await digestOf(content)
    expect(await world.pointer()).toMatchObject({ segments: [{ digest, count: 5 }], recent: '' })
    expect(new Uint8Array((await world.stored(segmentKeyOf(digest))) ?? [])).toEqual(content)
  })

  it('is written to KV before the pointer, and each segment once', async () => {
    const world = newWorld(SIZES)
    await world.fill(5)
    await world.publish()
    await world.revoke('one more')
    await world.publish()
    const [segment] = segmentsOf(world.counts.writes)
    const written = world.counts.writes.slice(world.counts.writes.indexOf(segment ?? ''))
    expect(written).toEqual([segment, REVOCATIONS_KEY, REVOCATIONS_KEY])
  })

  it('is in KV before a pointer names it', async () => {
    const world = newWorld(SIZES)
    for (const jti of jtis(5)) await world.revoke(jti)
    const during = await world.inside(async (instance) => {
      const pointers: unknown[] = []
      const put = async (key: string) => {
        if (key !== REVOCATIONS_KEY) pointers.push(instance.pointer())
      }
      Reflect.set(instance, 'env', { ...env, REVOCATIONS: { put } })
      await instance.alarm()
      return [...pointers, instance.pointer()]
    })
    expect(during).toMatchObject([
      { segments: [], recent: recentOf(...jtis(5)) },
      { segments: [{ count: 5 }], recent: '' },
    ])
  })

  it('is made without KV only when the pointer has little room left', async () => {
    const world = newWorld(SIZES)
    world.broken.writes = (key) => key !== REVOCATIONS_KEY
    const publish = async (count: number, name: string) => {
      await world.fill(count, name)
      await world.publish()
      return world.inside((instance) => instance.pointer())
    }
    const room = REVOCATION_WAITING_FACTOR * SIZES.recent
    expect(await publish(room, 'jti-')).toMatchObject({ segments: [] })
    const reader = world.newReader()
    const { isRevoked } = await reader.load(world.now())
    expect(await isRevoked(revocable(`jti-${room - 1}`))).toBe(true)
    expect(segmentsOf(world.counts.reads.keys())).toEqual([])
    const full = { segments: [{ count: room + 1 }], recent: '' }
    expect(await publish(1, 'last-')).toMatchObject(full)
  })

  it('keeps its pointer while KV refuses a segment, and publishes both later', async () => {
    const world = newWorld(SIZES)
    await world.revoke('first')
    await world.publish()
    await world.fill(REVOCATION_WAITING_FACTOR * SIZES.recent)
    world.broken.writes = (key) => key !== REVOCATIONS_KEY
    await world.publish()
    expect(await world.pointer()).toMatchObject({ sequence: 1, recent: recentOf('first') })
    world.wait(60)
    await world.publish()
    expect(await world.fault()).toBe('kv_unreachable')
    world.broken.writes = () => false
    await world.publish()
    expect(await world.pointer()).toMatchObject({ sequence: 33, segments: [{ count: 33 }] })
    expect(await world.fault()).toBeNull()
  })

  it('merges segments of about the same size, up to the largest size', async () => {
    const world = newWorld(SIZES)
    for (let round = 0; round < 40; round += 1) {
      await world.fill(5, `round-${round}-`)
      await world.publish()
    }
    const { segments = [] } = (await world.pointer()) ?? {}
    const counts = segments.map(({ count }) => count)
    expect(counts.reduce((sum, count) => sum + count)).toBe(200)
    expect(Math.max(...counts)).toBeLessThanOrEqual(SIZES.segment)
    // Without merging there would be 40.
    expect(counts.length).toBeLessThanOrEqual(6)
  })

  it('is the same after an eviction', async () => {
    const world = newWorld(SIZES)
    await world.fill(7)
    await world.publish()
    await world.revoke('one')
    await evictDurableObject(world.log)
    const { segments, recent } = (await world.inside((instance) => instance.pointer())) ?? {}
    expect(segments).toEqual([{ digest: expect.any(String), count: 7 }])
    expect(recent).toBe(recentOf('one'))
  })
})

describe('an expired revocation', () => {
  it('leaves the pointer', async () => {
    const world = newWorld(SIZES)
    await world.revoke('short', 60)
    await world.revoke('long', 600)
    world.wait(60 + REVOCATION_MARGIN_SECONDS)
    await world.publish()
    expect(await world.pointer()).toMatchObject({ recent: recentOf('long') })
  })

  it('leaves its segment when half of the segment has expired', async () => {
    const world = newWorld(SIZES)
    await world.fill(3, 'short-', 100)
    await world.fill(3, 'middle-', 200)
    await world.fill(1, 'long-', 300)
    await world.publish()
    world.wait(100)
    await world.publish()
    expect(await world.pointer()).toMatchObject({ segments: [{ count: 7 }] })
    world.wait(100)
    await world.publish()
    const digest = await digestOf(new Uint8Array(setOf('long-0')))
    expect(await world.pointer()).toMatchObject({ segments: [{ digest, count: 1 }] })
    world.wait(100)
    await world.publish()
    expect(await world.pointer()).toMatchObject({ segments: [], recent: '' })
  })

  it('stays in a segment that gets the content of an earlier one again', async () => {
    const world = newWorld(SIZES)
    await world.fill(5, 'long-', 600)
    await world.publish()
    await world.fill(6, 'short-', 100)
    await world.publish()
    expect(await world.pointer()).toMatchObject({ segments: [{ count: 11 }] })
    world.wait(100)
    await world.publish()
    const digest = await digestOf(new Uint8Array(setOf(...jtis(5, 'long-'))))
    expect(await world.pointer()).toMatchObject({ segments: [{ digest, count: 5 }], recent: '' })
  })

  it('is deleted in steps that do not block the log', async () => {
    const world = newWorld()
    await world.fill(REVOCATION_PURGE_ROWS + 1, 'jti-', 10)
    world.wait(10)
    const rows = () =>
      world.inside(
        (_, { sql }) => sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM revocations').one().n,
      )
    await world.inside((_, storage) => storage.deleteAlarm())
    await world.publish()
    expect(await rows()).toBe(1)
    const next = await world.inside(async (_, storage) => storage.getAlarm())
    expect((next ?? 0) - Date.now()).toBeLessThanOrEqual(1000)
    await world.publish()
    expect(await rows()).toBe(0)
  })
})

describe('a segment that is not listed any more', () => {
  it('is kept for as long as a reader can have a pointer to it', async () => {
    const world = newWorld(SIZES)
    await world.fill(5, 'a-', 86_400)
    await world.publish()
    const digest = await digestOf(new Uint8Array(setOf(...jtis(5, 'a-'))))
    await world.fill(5, 'b-', 86_400)
    await world.publish()
    const ask = () => world.inside((instance) => instance.segment(digest))
    expect(await world.pointer()).toMatchObject({ segments: [{ count: 10 }] })
    world.wait(REVOCATION_SNAPSHOT_MAX_AGE_SECONDS + 10)
    await world.publish()
    expect(new Uint8Array((await ask()) ?? [])).toEqual(setOf(...jtis(5, 'a-')))
    world.wait(REVOCATION_REWRITE_SECONDS)
    await world.publish()
    expect(await ask()).toBeNull()
  })
})

describe('a segment that a reader did not find in KV', () => {
  it('is written again, at most once a minute', async () => {
    const world = newWorld(SIZES)
    await world.fill(5)
    await world.publish()
    const [key = ''] = segmentsOf(world.counts.writes)
    const miss = () => world.inside((instance) => instance.segment(key.split('/')[1] ?? ''))
    const writes = () => segmentsOf(world.counts.writes).length
    await miss()
    await world.publish()
    expect(writes()).toBe(1)
    world.wait(REVOCATION_REWRITE_SECONDS)
    await miss()
    await world.publish()
    await miss()
    await world.publish()
    expect(writes()).toBe(2)
  })

  it('is null if the log never had it', async () => {
    const world = newWorld(SIZES)
    expect(await world.log.segment('0'.repeat(64))).toBeNull()
  })
})

describe('a log that an earlier release wrote', () => {
  it('publishes all of its rows as a set, also in many segments', async () => {
    const world = newWorld(SIZES)
    await world.fill(150)
    await evictDurableObject(world.log)
    await world.publish()
    const { segments = [] } = (await world.pointer()) ?? {}
    expect(segments.reduce((sum, { count }) => sum + count, 0)).toBe(150)
    const { isRevoked } = await world.newReader().load(world.now())
    for (const jti of jtis(150)) expect(await isRevoked(revocable(jti))).toBe(true)
    expect(await isRevoked(revocable('jti-150'))).toBe(false)
  })
})
