import { describe, expect, it } from 'vitest'
import {
  DECISION_BATCH_RECORDS,
  DECISION_RESEND_MILLISECONDS,
  DECISION_RETRY_MILLISECONDS,
  MAX_UNSENT_DECISIONS,
} from '../../../../src/core/decisions/limits.ts'
import { Unavailable } from '../../../../src/core/ports.ts'
import { buildBatch } from '../../../../src/worker/caches/decisions/decision-batches.ts'
import { createUnsentBatches } from '../../../../src/worker/caches/decisions/unsent-batches.ts'

/** A shard whose answers the test gives. Without an answer, a call waits. */
function start() {
  let time = 1_000_000
  const unsent = createUnsentBatches(() => time)
  const calls: string[] = []
  const answers = new Map<string, { accept: () => void; refuse: () => void }>()
  const sendAll = () =>
    unsent.sendAll(({ shard }) => {
      calls.push(`${shard}`)
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const refuse = () => reject(new Unavailable('decision_log'))
      answers.set(`${shard}`, { accept: resolve, refuse })
      return promise
    })
  /** The number of the shard names the batch. */
  const add = (name: number, records = 1) =>
    unsent.add([
      buildBatch(
        { shard: name, issuer: 'https://sts.test' },
        Array.from({ length: records }, () => ({ at: time, line: '{}' })),
      ),
    ])
  /** Answers the last call with a batch, and lets the sender go on. */
  const answer = async (name: number, how: 'accept' | 'refuse') => {
    answers.get(`${name}`)?.[how]()
    await settle()
  }
  const pass = (milliseconds: number) => {
    time += milliseconds
  }
  return { unsent, calls, sendAll, add, answer, pass }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

/** Adds so many batches to a full one that the next decision drops it. */
function overflow(add: (name: number, records: number) => void): void {
  for (let name = 2; name <= MAX_UNSENT_DECISIONS / DECISION_BATCH_RECORDS; name += 1) {
    add(name, DECISION_BATCH_RECORDS)
  }
}

describe('a batch that a call is sending', () => {
  it('is not sent by another call, which sends the others', async () => {
    const { unsent, calls, sendAll, add, answer } = start()
    add(1)
    add(2)
    void sendAll()
    const second = sendAll()
    expect(calls).toEqual(['1', '2'])
    await answer(2, 'accept')
    expect([await second, unsent.count()]).toEqual([true, 1])
    await answer(1, 'accept')
    expect([calls, unsent.count(), unsent.dropped()]).toEqual([['1', '2'], 0, 0])
  })

  it('is sent again after a while, because the runtime may have cancelled that call', async () => {
    const { unsent, calls, sendAll, add, answer, pass } = start()
    add(1)
    void sendAll()
    pass(DECISION_RESEND_MILLISECONDS - 1)
    void sendAll()
    expect(calls).toEqual(['1'])
    pass(1)
    void sendAll()
    await answer(1, 'accept')
    expect([calls, unsent.count()]).toEqual([['1', '1'], 0])
  })

  it('does not make a slow call send what another call has sent long before', async () => {
    const { unsent, calls, sendAll, add, answer, pass } = start()
    add(1)
    add(2)
    void sendAll()
    void sendAll()
    await answer(2, 'accept')
    pass(DECISION_RESEND_MILLISECONDS)
    await answer(1, 'accept')
    expect([calls, unsent.count(), unsent.dropped()]).toEqual([['1', '2'], 0, 0])
  })

  it('does not count as dropped if the shard stores it', async () => {
    const { unsent, sendAll, add, answer } = start()
    add(1, DECISION_BATCH_RECORDS)
    void sendAll()
    overflow(add)
    expect(unsent.dropped()).toBe(0)
    add(99)
    expect(unsent.dropped()).toBe(DECISION_BATCH_RECORDS)
    await answer(1, 'accept')
    expect(unsent.dropped()).toBe(0)
  })

  it('stays dropped if the shard refuses it', async () => {
    const { unsent, sendAll, add, answer } = start()
    add(1, DECISION_BATCH_RECORDS)
    void sendAll()
    overflow(add)
    add(99)
    const left = unsent.count()
    await answer(1, 'refuse')
    expect([unsent.dropped(), unsent.count()]).toEqual([DECISION_BATCH_RECORDS, left])
  })
})

describe('a shard that failed', () => {
  it('is asked again after a pause', async () => {
    const { calls, sendAll, add, answer, pass } = start()
    add(1)
    void sendAll()
    await answer(1, 'refuse')
    pass(DECISION_RETRY_MILLISECONDS - 1)
    expect([await sendAll(), calls]).toEqual([false, ['1']])
    pass(1)
    void sendAll()
    expect(calls).toEqual(['1', '1'])
  })

  it('is asked at once if the clock was set back, so that the pause has an end', async () => {
    const { calls, sendAll, add, answer, pass } = start()
    add(1)
    void sendAll()
    await answer(1, 'refuse')
    pass(-3_600_000)
    void sendAll()
    expect(calls).toEqual(['1', '1'])
  })
})
