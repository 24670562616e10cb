/**
 * Records that wait to be written to the log. They are written behind the answer, many in one write:
 * a write for each record would cost as much as a signature. An isolate that is ended loses at most
 * the records of the last `RECORD_FLUSH_MILLISECONDS`.
 */
import { MAX_QUEUED_RECORDS, RECORD_FLUSH_MILLISECONDS } from '../../../core/limits.ts'
import { wait } from '../../../web/deadline.ts'

/** Keeps the isolate running until the task ends. */
type Background = (task: Promise<unknown>) => void

export type RecordQueue<Event> = {
  readonly add: (event: Event, background: Background) => void
  /** Writes what is queued now. */
  readonly flush: () => void
}

export type RecordQueueOptions<Event> = {
  readonly write: (events: readonly Event[]) => void
  /** Milliseconds. */
  readonly now: () => number
}

export function createRecordQueue<Event>({
  write,
  now,
}: RecordQueueOptions<Event>): RecordQueue<Event> {
  let queued: Event[] = []
  let queuedAt = 0

  function flush(): void {
    if (queued.length === 0) return
    const events = queued
    queued = []
    write(events)
  }

  async function flushLater(): Promise<void> {
    await wait(RECORD_FLUSH_MILLISECONDS)
    flush()
  }

  return {
    add(event, background) {
      queued.push(event)
      if (queued.length === 1) {
        queuedAt = now()
        background(flushLater())
        return
      }
      // The runtime may have cancelled the request that was to write them, and its timer.
      const isOverdue = Math.abs(now() - queuedAt) > 2 * RECORD_FLUSH_MILLISECONDS
      if (isOverdue || queued.length >= MAX_QUEUED_RECORDS) flush()
    },
    flush,
  }
}
