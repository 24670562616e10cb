/**
 * Keeps the newest pointer of the revocation log in a region. The reader asks the log at most once a
 * second, while it is asked itself, and the log tells it about a change at once.
 */
import type { RevocationPointer } from '../../../protocol/revocations.ts'
import { withDeadline } from '../../../web/deadline.ts'
import { REVOCATION_READER_POLL_MILLISECONDS } from '../../limits.ts'
import {
  TRUST_READER_MOST_SECONDS,
  TRUST_READER_WAIT_MILLISECONDS,
} from '../../trust-layers/limits.ts'
import { createPoll, isWithin } from './poll.ts'

export type RevocationReader = {
  /**
   * Returns the newest pointer. Null if the log publishes none, or has not confirmed the last one for
   * a while: an isolate whose clock was set back would find that young. Throws if there is none.
   */
  readonly pointer: () => Promise<RevocationPointer | null>
  /** Takes a pointer that the log has pushed. */
  readonly take: (pointer: RevocationPointer) => void
}

export type RevocationReaderOptions = {
  readonly ask: () => Promise<RevocationPointer | null>
  /** Epoch milliseconds. */
  readonly now: () => number
}

export function createRevocationReader({ ask, now }: RevocationReaderOptions): RevocationReader {
  let held: RevocationPointer | null | undefined
  let heldAt = Number.NEGATIVE_INFINITY
  const poll = createPoll({
    ask,
    keep(answer, askedAt) {
      // A push may have arrived meanwhile, even in the same millisecond.
      if (heldAt >= askedAt && (answer === null || isBehind(answer))) return
      held = answer
      heldAt = askedAt
    },
    now,
    interval: REVOCATION_READER_POLL_MILLISECONDS,
  })

  function isBehind({ sequence }: RevocationPointer): boolean {
    return held !== undefined && held !== null && sequence < held.sequence
  }

  return {
    take(pointer) {
      if (isBehind(pointer)) return
      held = pointer
      heldAt = now()
    },
    async pointer() {
      const at = now()
      const last = held
      if (last !== undefined && isWithin(at, heldAt, REVOCATION_READER_POLL_MILLISECONDS)) {
        return last
      }
      const answer = poll().then(() => held ?? null)
      if (last === undefined) return answer
      // A slow log must not make this reader look dead.
      const soon = withDeadline(TRUST_READER_WAIT_MILLISECONDS, answer).catch(() => null)
      return isWithin(at, heldAt, TRUST_READER_MOST_SECONDS * 1000) ? last : soon
    },
  }
}
