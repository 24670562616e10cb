/**
 * The batches that a shard of the decision log has not accepted yet. They are sent in their order, and
 * again after a failure. The oldest are dropped if there are too many.
 */
import {
  DECISION_RESEND_MILLISECONDS,
  DECISION_RETRY_MILLISECONDS,
  MAX_UNSENT_CHARACTERS,
  MAX_UNSENT_DECISIONS,
} from '../../../core/decisions/limits.ts'
import type { AppendRequest } from '../../objects/decision-log/messages.ts'
import type { Batch } from './decision-batches.ts'

/** Sends a batch. Throws `Unavailable` if the shard does not answer in time. */
export type Append = (request: AppendRequest) => Promise<void>

export type UnsentBatches = {
  readonly add: (batches: readonly Batch[]) => void
  /** Returns whether everything was sent, or another call is sending it. */
  readonly sendAll: (send: Append) => Promise<boolean>
  /** How many decisions are in the batches, also in those that a call is sending. */
  readonly count: () => number
  /** How many decisions were dropped since the isolate started. */
  readonly dropped: () => number
}

/** `now` returns milliseconds. */
export function createUnsentBatches(now: () => number): UnsentBatches {
  let unsent: readonly Batch[] = []
  let dropped = 0
  let failedAt: number | undefined

  const count = () => unsent.reduce((sum, { request }) => sum + request.lines.length, 0)

  function dropOldest(): void {
    let records = count()
    let characters = unsent.reduce((sum, batch) => sum + batch.characters, 0)
    while (records > MAX_UNSENT_DECISIONS || characters > MAX_UNSENT_CHARACTERS) {
      const [oldest, ...rest] = unsent
      if (oldest === undefined) return
      records -= oldest.request.lines.length
      characters -= oldest.characters
      dropped += oldest.request.lines.length
      unsent = rest
    }
  }

  /** A clock that was set back makes a time of unknown age, which then counts as long ago. */
  function isWithin(milliseconds: number, at: number | undefined): boolean {
    return at !== undefined && Math.abs(now() - at) < milliseconds
  }

  return {
    add(batches) {
      unsent = [...unsent, ...batches]
      dropOldest()
    },
    async sendAll(send) {
      for (const batch of unsent) {
        // Otherwise each decision would ask a shard that is down.
        if (isWithin(DECISION_RETRY_MILLISECONDS, failedAt)) return false
        // It was sent or dropped during this loop, or another flush is sending it.
        if (!unsent.includes(batch) || isWithin(DECISION_RESEND_MILLISECONDS, batch.sentAt))
          continue
        batch.sentAt = now()
        const isSent = await isAccepted(send(batch.request))
        const isKept = unsent.includes(batch)
        unsent = unsent.filter((other) => other !== batch)
        if (isSent) {
          // It was dropped while the shard stored it.
          if (!isKept) dropped -= batch.request.lines.length
          continue
        }
        failedAt = now()
        // It is sent again after the others, so that a batch that the shard refuses does not stop them.
        batch.sentAt = undefined
        if (isKept) unsent = [...unsent, batch]
        return false
      }
      return true
    },
    count,
    dropped: () => dropped,
  }
}

async function isAccepted(sent: Promise<void>): Promise<boolean> {
  try {
    await sent
    return true
  } catch {
    return false
  }
}
