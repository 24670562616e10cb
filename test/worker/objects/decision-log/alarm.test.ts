/** What the alarm of a shard does besides compression, and when the next one is due. */
import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  CHECKPOINT_TIMEOUT_MILLISECONDS,
  DECISION_BLOCK_RECORDS,
  DECISION_BLOCKS_PER_ALARM,
  DECISION_CHECKPOINT_MILLISECONDS,
  DECISION_EXPORT_TIMEOUT_MILLISECONDS,
  DECISION_PURGE_MILLISECONDS,
  DECISION_SERIES_DAYS,
  DECISION_UPKEEP_RETRY_MILLISECONDS,
  DECISION_USAGE_DAYS,
  RULE_USE_DAYS,
} from '../../../../src/worker/limits.ts'
import { compactOldest } from '../../../../src/worker/objects/decision-log/compact.ts'
import { append, endAlarm, inside, NOON, newShard, record, type Shard } from './shard.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const RECEIVER = 'https://keep.test/checkpoints'

let shard: Shard = newShard()
let events: { readonly event: string; readonly fault?: string }[] = []
beforeEach(() => {
  events = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => events.push(JSON.parse(line)))
})
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await endAlarm(shard)
  shard = newShard()
})

/** Runs the alarm with these variables and bindings. Returns how long the next one waits. */
const ring = (at: number, change: Readonly<Record<string, unknown>> = {}) =>
  inside(shard, at, async (log, { storage }) => {
    Reflect.set(log, 'env', { ...env, ...change })
    const clock = vi.spyOn(Date, 'now').mockReturnValue(at)
    await log.alarm()
    clock.mockRestore()
    return ((await storage.getAlarm()) ?? Number.NaN) - at
  })

const fault = async () => (await shard.status())?.fault

const fillBlock = async (at: number) => {
  await append(shard, [record(at, { resource: 'https://api.test', scopes: ['read'] })], at)
  await inside(shard, at + HOUR, (_, { storage }) => compactOldest(storage, at + HOUR))
}

/** Appends more than one alarm compresses: each batch counts as many records as a block may have. */
const fallBehind = async () => {
  for (let block = 0; block <= DECISION_BLOCKS_PER_ALARM; block += 1) {
    await append(shard, [record(NOON)])
  }
  await inside(shard, NOON, (_, { storage }) => {
    storage.sql.exec('UPDATE batches SET count = ?', DECISION_BLOCK_RECORDS)
    storage.sql.exec('UPDATE chain SET recent = (SELECT SUM(count) FROM batches)')
  })
}

const countRows = (table: string) =>
  inside(shard, NOON, (_, { storage }) => {
    return storage.sql.exec<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`).one().n
  })

/** The receiver of checkpoints, with these answers. The last one stays. */
function receive(...statuses: readonly number[]) {
  const received: (RequestInit & { readonly url: string })[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const status = statuses[Math.min(received.length, statuses.length - 1)] ?? 204
    received.push({ ...(init as RequestInit), url: String(input) })
    return new Response(null, { status, headers: { location: 'https://other.test/' } })
  })
  return received
}

describe('a checkpoint', () => {
  it('is sent to the receiver once', async () => {
    const received = receive(204)
    await append(shard, [record(NOON)])
    for (const at of [NOON, NOON + HOUR / 2]) await ring(at, { DECISION_CHECKPOINT_URL: RECEIVER })
    expect(received).toMatchObject([
      {
        url: RECEIVER,
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/jwt' },
      },
    ])
    expect(decodeJwt(String(received[0]?.body))).toMatchObject({ sequence: 1 })
    expect(await fault()).toBeNull()
  })

  it.each([
    ['refuses it', 404],
    ['redirects', 302],
    ['fails', 500],
  ])('is sent again after a pause to a receiver that %s', async (_, status) => {
    const received = receive(status, 204)
    const change = { DECISION_CHECKPOINT_URL: RECEIVER }
    await append(shard, [record(NOON)])
    expect(await ring(NOON, change)).toBe(DECISION_UPKEEP_RETRY_MILLISECONDS)
    expect(await fault()).toBe('checkpoint_undelivered')
    await ring(NOON + 1000, change)
    expect([received.length, await fault()]).toEqual([1, 'checkpoint_undelivered'])
    await ring(NOON + DECISION_UPKEEP_RETRY_MILLISECONDS, change)
    expect([received.length, await fault()]).toEqual([2, null])
  })

  it('is given up if the receiver does not answer in time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (_, init) => {
      vi.advanceTimersByTime(CHECKPOINT_TIMEOUT_MILLISECONDS)
      ;(init as RequestInit).signal?.throwIfAborted()
      return new Response(null, { status: 204 })
    })
    await append(shard, [record(NOON)])
    await ring(NOON, { DECISION_CHECKPOINT_URL: RECEIVER })
    expect(await fault()).toBe('checkpoint_undelivered')
  })

  it('is sent again after the clock was set back', async () => {
    const received = receive(500, 204)
    const change = { DECISION_CHECKPOINT_URL: RECEIVER }
    await append(shard, [record(NOON)])
    await ring(NOON, change)
    await ring(NOON - DAY, change)
    expect([received.length, await fault()]).toEqual([2, null])
  })

  it('of a shard that is behind with its compression is signed half as often at most', async () => {
    const half = DECISION_CHECKPOINT_MILLISECONDS / 2
    const signed = async (at: number) => {
      await ring(at)
      return (await shard.status())?.checkpointSequence
    }
    await fallBehind()
    const behind = DECISION_BLOCKS_PER_ALARM + 1
    expect(await signed(NOON + HOUR)).toBe(behind)
    await fallBehind()
    expect(await signed(NOON + HOUR + half - 1)).toBe(behind)
    await fallBehind()
    expect(await signed(NOON + HOUR + half)).toBe(3 * behind)
    await append(shard, [record(NOON)])
    expect(await signed(NOON + HOUR + half + 1000)).toBe(3 * behind + 1)
  })

  it('is a fault without an active key, and no reason to keep back the export', async () => {
    const put = vi.fn(async () => undefined)
    await fillBlock(NOON)
    await ring(NOON + HOUR, { SIGNING_KEY_TEST: undefined, DECISIONS_BUCKET: { put } })
    expect([await fault(), put.mock.calls.length]).toEqual(['checkpoint_unsigned', 1])
  })
})

describe('an export', () => {
  it('that fails is a fault, does not keep back the checkpoint, and is tried again', async () => {
    const put = vi.fn(async () => undefined).mockRejectedValueOnce(new Error('unreachable'))
    const change = { DECISIONS_BUCKET: { put } }
    await fillBlock(NOON)
    await ring(NOON + HOUR, change)
    expect(await shard.status()).toMatchObject({ fault: 'export_failed', checkpointSequence: 1 })
    await ring(NOON + HOUR + DECISION_UPKEEP_RETRY_MILLISECONDS, change)
    expect(await shard.status()).toMatchObject({ fault: null, exportedSequence: 1 })
    expect(events.map((event) => event.fault)).toEqual(['export_failed'])
  })
})

it('an export is given up if the bucket does not answer in time', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const put = async () => {
    // The deadline begins in the turn of the call.
    await null
    vi.advanceTimersByTime(DECISION_EXPORT_TIMEOUT_MILLISECONDS)
  }
  await fillBlock(NOON)
  await ring(NOON + HOUR, { DECISIONS_BUCKET: { put } })
  expect(await shard.status()).toMatchObject({ fault: 'export_failed', exportedSequence: 0 })
})

describe('the alarm of a shard', () => {
  it('purges records that are older than the retention, and counts that are older than theirs', async () => {
    await fillBlock(NOON)
    const use = {
      kind: 'network',
      resource: 'https://api.test',
      value: 'AS1 DE',
      at: NOON,
    } as const
    await inside(shard, NOON, (log) =>
      log.noteUses([{ ...use, rule: crypto.randomUUID(), decisionId: 'dec_one' }]),
    )
    const tables = ['blocks', 'usage', 'exchange_counts', 'rule_uses'] as const
    const counts = async () => Promise.all(tables.map(countRows))
    await ring(NOON + 7 * DAY, { DECISION_RETENTION_DAYS: '7' })
    const [blocks, ...others] = await counts()
    expect(blocks).toBe(1)
    await ring(NOON + 7 * DAY + 1, { DECISION_RETENTION_DAYS: '7' })
    expect(await counts()).toEqual([0, ...others])
    const most = Math.max(DECISION_USAGE_DAYS, DECISION_SERIES_DAYS, RULE_USE_DAYS)
    await ring(NOON + (most + 1) * DAY)
    expect(await counts()).toEqual([0, 0, 0, 0])
  })

  it('purges nothing while a setting is wrong', async () => {
    await fillBlock(NOON)
    const wait = await ring(NOON + 9 * DAY, { DECISION_RETENTION_DAYS: 'seven' })
    expect([await countRows('blocks'), wait]).toEqual([1, DECISION_UPKEEP_RETRY_MILLISECONDS])
  })

  it('is due again when a checkpoint is, and with nothing new when a purge is', async () => {
    await append(shard, [record(NOON)])
    expect(await ring(NOON)).toBe(DECISION_CHECKPOINT_MILLISECONDS)
    expect(await ring(NOON + HOUR)).toBe(DECISION_PURGE_MILLISECONDS)
  })

  it('is due at once with more blocks to purge than one alarm may', async () => {
    for (let block = 0; block <= DECISION_BLOCKS_PER_ALARM; block += 1) await fillBlock(NOON)
    expect(await ring(NOON + 9 * DAY, { DECISION_RETENTION_DAYS: '7' })).toBe(0)
    expect(await countRows('blocks')).toBe(1)
    expect(await ring(NOON + 9 * DAY, { DECISION_RETENTION_DAYS: '7' })).toBeGreaterThan(0)
    expect(await countRows('blocks')).toBe(0)
  })
})
