/**
 * How many decisions an isolate has made about each issuer, sent to the trust store every few
 * seconds behind an answer. An isolate that ends before takes its last counts with it: they are for
 * people who look, and no decision reads them.
 */
import type { DecisionEvent } from '../../core/audit.ts'
import { DECISION_COUNT_FLUSH_SECONDS, MAX_COUNTED_ISSUERS } from '../../core/limits.ts'
import type { DecisionCounts } from '../objects/trust-store/issuer-facts.ts'

export type CountDecision = (
  event: DecisionEvent,
  waitUntil: (task: Promise<unknown>) => void,
) => void

export function createDecisionCounts(
  send: (counts: DecisionCounts) => Promise<void>,
): CountDecision {
  let counts = new Map<string, { granted: number; denied: number }>()
  let sentAt = 0
  return ({ issuer, outcome, at }, waitUntil) => {
    // Without a known issuer there is nothing to count: a name from a token is none of ours.
    if (issuer === undefined || outcome === 'unavailable') return
    const own = counts.get(issuer) ?? { granted: 0, denied: 0 }
    own[outcome] += 1
    counts.set(issuer, own)
    const age = at - sentAt
    const isYoung = age >= 0 && age < DECISION_COUNT_FLUSH_SECONDS
    if (isYoung && counts.size < MAX_COUNTED_ISSUERS) return
    const sent = Object.fromEntries(counts)
    counts = new Map()
    sentAt = at
    // Lost counts are not worth a failed request, nor a second try.
    waitUntil(send(sent).catch(() => undefined))
  }
}
