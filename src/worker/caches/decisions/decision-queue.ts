/**
 * The decisions of an isolate that are in no batch yet. They become text several at once, which costs
 * less than one between two exchanges.
 */
import type { DecisionEvent } from '../../../core/audit.ts'
import {
  type DecisionEvidence,
  formatRecord,
  type RecordedClaims,
} from '../../../core/decisions/build-record.ts'
import {
  DECISION_FLUSH_MILLISECONDS,
  DECISION_FORMAT_RECORDS,
} from '../../../core/decisions/limits.ts'
import type { RuleUse } from '../../objects/rule-uses/rule-use.ts'
import type { Entry } from './decision-batches.ts'
import type { CollectUses } from './rule-uses.ts'

type Fresh = { readonly event: DecisionEvent; readonly evidence: DecisionEvidence }

export type DecisionQueue = {
  /** Returns how many decisions wait now. */
  readonly add: (event: DecisionEvent, evidence: DecisionEvidence) => number
  /** Whether the flush that the oldest decision has planned should have taken it long ago. */
  readonly isOverdue: () => boolean
  /** Returns everything that waits, and forgets it. */
  readonly take: () => { readonly entries: readonly Entry[]; readonly uses: readonly RuleUse[] }
}

/** `now` returns milliseconds. */
export function createDecisionQueue(
  claims: RecordedClaims,
  collectUses: CollectUses,
  now: () => number,
): DecisionQueue {
  /** Decisions that are not text yet. */
  let fresh: Fresh[] = []
  let entries: Entry[] = []
  let uses: RuleUse[] = []
  let queuedAt = 0

  function formatFresh(): void {
    const decisions = fresh
    fresh = []
    for (const { event, evidence } of decisions) {
      entries.push(formatRecord(event, evidence, claims))
      for (const use of collectUses(event, evidence)) uses.push(use)
    }
  }

  return {
    add(event, evidence) {
      fresh.push({ event, evidence })
      const waiting = entries.length + fresh.length
      if (waiting === 1) queuedAt = now()
      // Lines of text wait, and not the claims of many tokens with all that they refer to.
      if (fresh.length >= DECISION_FORMAT_RECORDS) formatFresh()
      return waiting
    },
    // The runtime may have cancelled the request that was to send them, and its timer. A clock that
    // was set back makes a time of unknown age, which then counts as long ago.
    isOverdue: () => Math.abs(now() - queuedAt) >= 2 * DECISION_FLUSH_MILLISECONDS,
    take() {
      formatFresh()
      const taken = { entries, uses }
      entries = []
      uses = []
      return taken
    },
  }
}
