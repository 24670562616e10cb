/**
 * Counts the decisions of an isolate by issuer. It sends the counts to one shard of the decision
 * counts every minute, after an answer. The last counts of an isolate are lost when it ends. The
 * counts are for operators, and no decision depends on them.
 */
import type { DecisionEvent } from '../../../core/audit.ts'
import { DECISION_COUNT_FLUSH_SECONDS, MAX_COUNTED_ISSUERS } from '../../../core/limits.ts'
import type { CountBatch } from '../../objects/decision-counts/counts.ts'

export type CountDecision = (
  event: DecisionEvent,
  waitUntil: (task: Promise<unknown>) => void,
) => void

export type DecisionCountOptions = {
  /** Undefined if counts are off. */
  readonly send: ((counts: CountBatch) => Promise<void>) | undefined
  /** Returns the count of refused questions since the last call. */
  readonly takeRefused: () => CountBatch['refused']
}

export function createDecisionCounts({ send, takeRefused }: DecisionCountOptions): CountDecision {
  if (send === undefined) return () => undefined
  let counts = new Map<string, { granted: number; denied: number }>()
  let sentAt = 0
  return ({ issuer, outcome, at }, waitUntil) => {
    // Count only issuers of the trust document or the policy, never a name from a token.
    if (issuer === undefined || outcome === 'unavailable') return
    const own = counts.get(issuer) ?? { granted: 0, denied: 0 }
    own[outcome] += 1
    counts.set(issuer, own)
    const age = at - sentAt
    const isYoung = age >= 0 && age < DECISION_COUNT_FLUSH_SECONDS
    if (isYoung && counts.size < MAX_COUNTED_ISSUERS) return
    const sent = { decisions: Object.fromEntries(counts), refused: takeRefused() }
    counts = new Map()
    sentAt = at
    // Lost counts must not fail the request and are not worth a retry.
    waitUntil(send(sent).catch(() => undefined))
  }
}
