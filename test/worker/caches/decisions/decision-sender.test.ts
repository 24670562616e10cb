import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { formatDecisionId } from '../../../../src/contract/decisions/id.ts'
import type { DecisionEvent } from '../../../../src/core/audit.ts'
import {
  DECISION_BATCH_CHARACTERS,
  DECISION_BATCH_RECORDS,
  DECISION_FLUSH_MILLISECONDS,
  DECISION_FORMAT_RECORDS,
  DECISION_RETRY_MILLISECONDS,
  MAX_RECORD_CHARACTERS,
  MAX_UNSENT_CHARACTERS,
  MAX_UNSENT_DECISIONS,
} from '../../../../src/core/decisions/limits.ts'
import { Unavailable } from '../../../../src/core/ports.ts'
import { createDecisionSender } from '../../../../src/worker/caches/decisions/decision-sender.ts'
import type { AppendRequest } from '../../../../src/worker/objects/decision-log/messages.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

let number = 0
function decision(): DecisionEvent {
  number += 1
  const random = new Uint8Array(9)
  new DataView(random.buffer).setUint32(0, number)
  const decisionId = formatDecisionId({ shard: 2, at: Date.now() }, random)
  return { event: 'decision', decisionId, at: 1, outcome: 'granted' }
}

function start() {
  const sent: AppendRequest[] = []
  const tasks: Promise<unknown>[] = []
  const state = { isDown: false, refuses: '' }
  let refused: Record<string, number> = {}
  let calls = 0
  const sender = createDecisionSender({
    shard: 2,
    gatewayIssuer: 'https://sts.test',
    claims: 'recorded',
    append: async (request) => {
      calls += 1
      if (state.isDown || request.firstId === state.refuses) throw new Unavailable('decision_log')
      sent.push(request)
    },
    takeRefused: () => {
      const taken = refused
      refused = {}
      return taken
    },
    now: Date.now,
  })
  const add = (event = decision()) => {
    sender.add(event, {}, (task) => tasks.push(task))
    return event.decisionId
  }
  const addLong = () => add({ ...decision(), scope: 'x'.repeat(MAX_RECORD_CHARACTERS - 1000) })
  const idsOf = (request: AppendRequest | undefined) =>
    request?.lines.map((line) => (JSON.parse(line) as { id: string }).id)
  const refuse = (source: string, questions: number) => {
    refused = { [source]: questions }
  }
  return { sent, state, sender, add, addLong, idsOf, asked: () => calls, refuse }
}

describe('decisions of an isolate', () => {
  it('are sent together, some time after the first one', async () => {
    const { sent, add, idsOf } = start()
    const ids = [add(), add(), add()]
    await vi.advanceTimersByTimeAsync(DECISION_FLUSH_MILLISECONDS - 1)
    expect(sent).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatchObject({ shard: 2, issuer: 'https://sts.test', firstId: ids[0] })
    expect(idsOf(sent[0])).toEqual(ids)
  })

  it('take the refused questions about keys along, once', async () => {
    const { sent, add, refuse } = start()
    refuse('https://issuer.test', 3)
    add()
    await vi.advanceTimersByTimeAsync(DECISION_FLUSH_MILLISECONDS)
    add()
    await vi.advanceTimersByTimeAsync(DECISION_FLUSH_MILLISECONDS)
    expect(sent.map(({ refused }) => refused)).toEqual([{ 'https://issuer.test': 3 }, undefined])
  })

  it('are all sent before the isolate ends, and those that are being sent are awaited', async () => {
    const { sent, add, sender, idsOf } = start()
    const ids = [add(), add()]
    const [left] = await Promise.all([sender.flush(), vi.advanceTimersByTimeAsync(100)])
    expect([left, sent.map(idsOf)]).toEqual([0, [ids]])
  })

  it('are tried again before the isolate ends, and those that are left are counted', async () => {
    const { sent, add, sender, state, idsOf } = start()
    state.isDown = true
    const ids = [add(), add(), add()]
    const [left] = await Promise.all([sender.flush(), vi.advanceTimersByTimeAsync(10_000)])
    expect([left, sent]).toEqual([3, []])
    const again = sender.flush()
    state.isDown = false
    await vi.advanceTimersByTimeAsync(10_000)
    expect([await again, sent.map(idsOf)]).toEqual([0, [ids]])
  })

  it('are sent at once when there are many', async () => {
    const { sent, add, idsOf } = start()
    const ids = Array.from({ length: DECISION_BATCH_RECORDS }, () => add())
    await vi.advanceTimersByTimeAsync(0)
    expect(sent.map(idsOf)).toEqual([ids])
    await vi.advanceTimersByTimeAsync(DECISION_FLUSH_MILLISECONDS)
    expect(sent).toHaveLength(1)
  })

  it('wait as text if there are several, so that the claims of few tokens are kept', () => {
    const { sender } = start()
    let formatted = 0
    const evidence = {
      get durationMilliseconds() {
        formatted += 1
        return 1
      },
    }
    const addTo = (count: number) => {
      for (let index = 0; index < count; index += 1) sender.add(decision(), evidence, () => {})
      return formatted
    }
    expect([addTo(DECISION_FORMAT_RECORDS - 1), addTo(1), addTo(1)]).toEqual([
      0,
      DECISION_FORMAT_RECORDS,
      DECISION_FORMAT_RECORDS,
    ])
  })

  it('are sent again as the same batch after the shard failed', async () => {
    const { sent, add, state, idsOf } = start()
    state.isDown = true
    const ids = [add(), add()]
    await vi.advanceTimersByTimeAsync(DECISION_FLUSH_MILLISECONDS)
    state.isDown = false
    await vi.advanceTimersByTimeAsync(DECISION_RETRY_MILLISECONDS)
    expect(sent.map(idsOf)).toEqual([ids])
  })

  it('are dropped and counted when the shard is down for long, the oldest first', async () => {
    const { sent, add, state, sender, idsOf } = start()
    state.isDown = true
    const ids: string[] = []
    for (let index = 0; index < MAX_UNSENT_DECISIONS + 3 * DECISION_BATCH_RECORDS; index += 1) {
      ids.push(add())
    }
    await vi.advanceTimersByTimeAsync(DECISION_FLUSH_MILLISECONDS)
    expect(sender.dropped()).toBe(3 * DECISION_BATCH_RECORDS)
    state.isDown = false
    await vi.advanceTimersByTimeAsync(DECISION_RETRY_MILLISECONDS)
    expect(sender.dropped()).toBe(3 * DECISION_BATCH_RECORDS)
    expect(sent.flatMap((request) => idsOf(request) ?? []).sort()).toEqual(
      ids.slice(3 * DECISION_BATCH_RECORDS).sort(),
    )
  })

  it('are not sent to a shard that just failed, however many arrive', async () => {
    const { add, state, asked } = start()
    state.isDown = true
    for (let index = 0; index < DECISION_BATCH_RECORDS; index += 1) add()
    await vi.advanceTimersByTimeAsync(0)
    for (let index = 0; index < 5 * DECISION_BATCH_RECORDS; index += 1) add()
    await vi.advanceTimersByTimeAsync(DECISION_RETRY_MILLISECONDS - 1)
    expect(asked()).toBe(1)
  })

  it('do not wait for a batch that the shard refuses', async () => {
    const { sent, add, state, idsOf } = start()
    const refused = add()
    state.refuses = refused
    await vi.advanceTimersByTimeAsync(DECISION_FLUSH_MILLISECONDS)
    const id = add()
    await vi.advanceTimersByTimeAsync(3 * DECISION_RETRY_MILLISECONDS)
    expect(sent.map(idsOf)).toEqual([[id]])
  })

  it('LOG-08 are split into full batches that a shard accepts, and the first takes the rest', async () => {
    const { sent, addLong, refuse } = start()
    refuse('https://issuer.test', 3)
    for (let index = 0; index < DECISION_BATCH_RECORDS; index += 1) addLong()
    await vi.advanceTimersByTimeAsync(DECISION_FLUSH_MILLISECONDS)
    const sizes = sent.map(({ lines }) => lines.join('').length)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(DECISION_BATCH_CHARACTERS)
    const perBatch = Math.floor(DECISION_BATCH_CHARACTERS / (sent[0]?.lines[0]?.length ?? 0))
    expect(sent).toHaveLength(Math.ceil(DECISION_BATCH_RECORDS / perBatch))
    expect(sent.flatMap(({ lines }) => lines)).toHaveLength(DECISION_BATCH_RECORDS)
    expect(sent.filter(({ refused }) => refused !== undefined)).toEqual([sent[0]])
  })

  it('LOG-08 are dropped when their text is too long, and no more of them than needed', async () => {
    const { sent, addLong, state, sender } = start()
    state.isDown = true
    for (let index = 0; index < 4 * DECISION_BATCH_RECORDS; index += 1) addLong()
    await vi.advanceTimersByTimeAsync(DECISION_FLUSH_MILLISECONDS)
    state.isDown = false
    await vi.advanceTimersByTimeAsync(DECISION_RETRY_MILLISECONDS)
    const characters = sent.reduce((sum, { lines }) => sum + lines.join('').length, 0)
    expect(characters).toBeLessThanOrEqual(MAX_UNSENT_CHARACTERS)
    expect(characters).toBeGreaterThan(MAX_UNSENT_CHARACTERS - DECISION_BATCH_CHARACTERS)
    const records = sent.reduce((sum, { lines }) => sum + lines.length, 0)
    expect(sender.dropped()).toBe(4 * DECISION_BATCH_RECORDS - records)
  })

  it('name the first and the last moment of a batch, also if the clock was set back', async () => {
    const { sent, add } = start()
    const at = Date.now()
    for (const moment of [at, at + 300, at - 300]) {
      vi.setSystemTime(moment)
      add()
    }
    await vi.advanceTimersByTimeAsync(DECISION_FLUSH_MILLISECONDS)
    expect(sent.map(({ fromAt, toAt }) => [fromAt - at, toAt - at])).toEqual([[-300, 300]])
  })

  it('that were withheld have a batch of their own, with the id of the token', async () => {
    const { sent, add, idsOf } = start()
    const other = add()
    const withheld = add({ ...decision(), outcome: 'unavailable', part: 'decision_log' })
    await vi.advanceTimersByTimeAsync(DECISION_FLUSH_MILLISECONDS)
    expect(sent.map(idsOf).sort()).toEqual([[other], [withheld]].sort())
  })

  it('that must be durable wait for their own batch, and fail with the shard', async () => {
    const { sent, sender, state, idsOf } = start()
    const event = decision()
    await sender.addDurably(event, {})
    expect(sent.map(idsOf)).toEqual([[event.decisionId]])
    state.isDown = true
    await expect(sender.addDurably(decision(), {})).rejects.toThrow(Unavailable)
  })

  it('fail without a decision log only if they must be durable', async () => {
    const sender = createDecisionSender({
      shard: 0,
      gatewayIssuer: 'https://sts.test',
      claims: 'recorded',
      append: undefined,
      takeRefused: () => ({}),
      now: Date.now,
    })
    const tasks: unknown[] = []
    sender.add(decision(), {}, (task) => tasks.push(task))
    expect(tasks).toEqual([])
    await expect(sender.addDurably(decision(), {})).rejects.toThrow('decision_log')
  })
})
