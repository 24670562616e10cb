import { describe, expect, it, vi } from 'vitest'
import { MAX_QUEUED_RECORDS, RECORD_FLUSH_MILLISECONDS } from '../../../../src/core/limits.ts'
import { createRecordQueue } from '../../../../src/worker/caches/decisions/record-queue.ts'

function start() {
  const written: (readonly number[])[] = []
  const tasks: Promise<unknown>[] = []
  let time = 1000
  const queue = createRecordQueue<number>({
    write: (events) => written.push(events),
    now: () => time,
  })
  return {
    written,
    tasks,
    flush: queue.flush,
    add: (event: number) => queue.add(event, (task) => tasks.push(task)),
    /** The runtime cancels the request, so its task never goes on. */
    addCancelled: (event: number) => {
      const timers = vi.spyOn(globalThis, 'setTimeout').mockReturnValue(0 as never)
      queue.add(event, () => {})
      timers.mockRestore()
    },
    setTime: (milliseconds: number) => {
      time = milliseconds
    },
  }
}

describe('records', () => {
  it('are written behind the answer, those of one moment in one write', async () => {
    const { written, tasks, add } = start()
    for (const event of [1, 2, 3]) add(event)
    expect(written).toEqual([])
    expect(tasks).toHaveLength(1)
    await Promise.all(tasks)
    expect(written).toEqual([[1, 2, 3]])
    add(4)
    expect(tasks).toHaveLength(2)
    await Promise.all(tasks)
    expect(written).toEqual([[1, 2, 3], [4]])
  })

  it('are written at once when there are many, and each only once', async () => {
    const { written, tasks, add } = start()
    const events = Array.from({ length: MAX_QUEUED_RECORDS + 1 }, (_, index) => index)
    for (const event of events) add(event)
    expect(written).toEqual([events.slice(0, -1)])
    await Promise.all(tasks)
    expect(written.flat()).toEqual(events)
  })

  it('can be asked for', async () => {
    const { written, tasks, add, flush } = start()
    flush()
    add(1)
    flush()
    expect(written).toEqual([[1]])
    await Promise.all(tasks)
    expect(written).toEqual([[1]])
  })

  it.each([
    ['later', 1001 + 2 * RECORD_FLUSH_MILLISECONDS],
    ['before, because the clock was set back', 999 - 2 * RECORD_FLUSH_MILLISECONDS],
  ])('WRK-02 of a cancelled request are written with one that arrives %s', async (_, time) => {
    const { written, add, addCancelled, setTime } = start()
    addCancelled(1)
    add(2)
    expect(written).toEqual([])
    setTime(time)
    add(3)
    expect(written).toEqual([[1, 2, 3]])
  })
})
