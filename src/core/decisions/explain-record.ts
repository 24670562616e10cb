/**
 * Explains a recorded decision with the trust document that was in force, by the evaluator that
 * `edgemint explain` uses. If the record does not have every claim of the token, the explanation names
 * the conditions that need an unrecorded claim.
 */
import type { DecisionExplanation } from '../../contract/decisions/answers.ts'
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import type { CompiledTrust } from '../policy/compile/compiled.ts'
import { isGatewayResource } from '../policy/compile/resource-uri.ts'
import { countMissed } from '../policy/decide/trace-rules.ts'
import {
  CLAIMS_DENIAL_REASONS,
  type ClaimsDecision,
  type EffectTrace,
  evaluateClaims,
} from '../policy/explain/evaluate-claims.ts'
import { explain } from '../policy/explain/explain.ts'
import { explainPartly } from './explain-partly.ts'
import { MAX_RECORD_EXPLANATION_RULES } from './limits.ts'
import { requestOf } from './recorded-request.ts'

export type ExplainOptions = {
  readonly gatewayIssuer: string
  readonly maxTokenLifetimeSeconds: number
}

/**
 * Returns which rules decided: those of the trust document of the record's revision, or those of the
 * deploy-time policy. Undefined if the exchange ended before rules were read.
 */
export function sourceOf(
  record: DecisionRecord,
  gatewayIssuer: string,
): 'document' | 'policy' | undefined {
  // The subject is recorded when its token is verified, and the actor then.
  const { subject, issuer, actor, reason = '' } = record
  if (subject === undefined || issuer === undefined) return undefined
  if (actor === undefined && reason.startsWith('actor_')) return undefined
  const resource = record.asked?.resource
  const isForGateway = resource !== undefined && isGatewayResource(resource, gatewayIssuer)
  return isForGateway ? 'policy' : 'document'
}

/** For a record whose exchange ended before rules were read. */
function describeUnexplained({ outcome, reason, part }: DecisionRecord): DecisionExplanation {
  const cause = outcome === 'unavailable' ? `${part ?? 'a part'} was unavailable` : reason
  const note = `the exchange ended before a rule was read: ${cause ?? 'no reason was recorded'}`
  return { status: 'none', note }
}

/** `trust` is undefined if the document of the revision is no longer stored. */
export function explainRecord(
  record: DecisionRecord,
  trust: CompiledTrust | undefined,
  options: ExplainOptions,
): DecisionExplanation {
  const source = sourceOf(record, options.gatewayIssuer)
  if (source === undefined) return describeUnexplained(record)
  const { revision } = record
  const origin = { source, ...(source === 'document' && revision !== undefined && { revision }) }
  if (trust === undefined) {
    const note = `the trust document of revision ${revision} is no longer stored, or this release cannot read it`
    return { status: 'none', note, ...origin }
  }
  if (record.omitted?.includes('asked') === true) {
    return { status: 'none', note: 'the request was too large to be recorded', ...origin }
  }
  const request = requestOf(record, source, options.gatewayIssuer)
  const at = Math.floor(record.at / 1000)
  const isRuleUnknown = record.asked?.unknown?.includes('rule') === true
  if (record.all_claims !== true || record.claims === undefined || isRuleUnknown) {
    return { ...explainPartly(record, trust, request, at), ...origin }
  }
  const identity = { issuer: record.issuer ?? '', claims: record.claims }
  // Templates can have the id of the decision.
  const decided = evaluateClaims(trust, identity, { ...request, decisionId: record.id }, at)
  const decision = cutLifetime(decided, options.maxTokenLifetimeSeconds)
  const agrees = agreesWith(decision, record)
  return {
    status: 'complete',
    ...origin,
    ...(agrees === undefined ? { note: describeOtherReason(record) } : { agrees }),
    ...describeEvaluation(decision, request),
  }
}

/** Returns the evaluation and its explanation, with the rules that are nearest to the request. */
export function describeEvaluation(decision: ClaimsDecision, request: ClaimsDecision['request']) {
  const { trace, omitted } = limitTrace(decision.trace)
  const { summary, rules, nearestMiss } = explain({ ...decision, trace })
  return {
    summary,
    rules,
    ...(omitted > 0 && { rules_omitted: omitted }),
    ...(nearestMiss !== undefined && { nearest_miss: nearestMiss }),
    evaluation: { ...decision, request, trace },
  }
}

/** A gateway cuts lifetimes at its ceiling when it issues a token. */
export function cutLifetime(decision: ClaimsDecision, most: number): ClaimsDecision {
  if (decision.kind === 'denied') return decision
  return { ...decision, lifetimeSeconds: Math.min(decision.lifetimeSeconds, most) }
}

/** Returns undefined if the recorded result is not one that the rules give. */
function agreesWith(decision: ClaimsDecision, record: DecisionRecord): boolean | undefined {
  if (record.outcome === 'granted') {
    return (
      decision.kind === 'granted' &&
      decision.rule === record.rule &&
      decision.resource === record.resource
    )
  }
  const reasons: readonly (string | undefined)[] = CLAIMS_DENIAL_REASONS
  if (record.outcome !== 'denied' || !reasons.includes(record.reason)) return undefined
  return decision.kind === 'denied' && decision.reason === record.reason
}

function describeOtherReason({ outcome, reason, part }: DecisionRecord): string {
  const cause = outcome === 'unavailable' ? `${part ?? 'a part'} was unavailable` : reason
  return `the rules did not cause this result (${cause}); below is what they decide`
}

/** Keeps the rules that are nearest to the request, in the order of the document. */
export function limitTrace(
  trace: readonly EffectTrace[],
  most: number = MAX_RECORD_EXPLANATION_RULES,
): { readonly trace: readonly EffectTrace[]; readonly omitted: number } {
  if (trace.length <= most) return { trace, omitted: 0 }
  const nearest = trace
    .map((one, index) => ({ index, rank: rankOf(one) }))
    .sort((left, right) => left.rank - right.rank || left.index - right.index)
    .slice(0, most)
  const kept = new Set(nearest.map(({ index }) => index))
  return { trace: trace.filter((_, index) => kept.has(index)), omitted: trace.length - most }
}

/** Rules that decided come first, and those for another resource last. */
function rankOf(trace: EffectTrace): number {
  switch (trace.outcome) {
    case 'condition_failed':
      return countMissed(trace)
    case 'other_resource':
    case 'expired':
      return Number.MAX_SAFE_INTEGER
    default:
      return 0
  }
}
