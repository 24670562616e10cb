/**
 * Keeps the newest pointer of the revocation log in a region. The reader asks the log at most once a
 * second, while it is asked itself, and the log tells it about a change at once.
 */
import { STORE_TIMEOUT_MILLISECONDS } from '../../../core/limits.ts'
import type { RevocationPointer } from '../../../protocol/revocations.ts'
import { withDeadline } from '../../../web/deadline.ts'
import {
  REVOCATION_READER_POLL_MILLISECONDS,
  TRUST_READER_MOST_SECONDS,
  TRUST_READER_WAIT_MILLISECONDS,
} from '../../limits.ts'

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
  /** Calls of one object share its context, so a call may await the promise of another. */
  let asking: Promise<RevocationPointer | null> | undefined

  async function askLog(): Promise<RevocationPointer | null> {
    const askedAt = now()
    const answer = await withDeadline(STORE_TIMEOUT_MILLISECONDS, ask())
    // A push may have arrived meanwhile.
    if (heldAt > askedAt && answer !== null && isBehind(answer)) return held ?? answer
    held = answer
    heldAt = askedAt
    return answer
  }

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
      const age = now() - heldAt
      if (held !== undefined && age >= 0 && age < REVOCATION_READER_POLL_MILLISECONDS) return held
      asking ??= askLog().finally(() => {
        asking = undefined
      })
      const last = held
      if (last === undefined) return asking
      // A slow log must not make this reader look dead.
      const answer = withDeadline(TRUST_READER_WAIT_MILLISECONDS, asking).catch(() => null)
      const isYoung = age >= 0 && age < TRUST_READER_MOST_SECONDS * 1000
      return isYoung ? last : answer
    },
  }
}
