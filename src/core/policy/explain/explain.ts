/**
 * Explains a decision in sentences: the outcome of each rule, the first failed condition with the
 * expected and the presented value, and the rule that came nearest. It is for people who may see the
 * claims. `trace-rules.ts` decides what a caller of the gateway learns.
 */

import { describeTemplateFault } from '../../../protocol/template-fault.ts'
import type { DecisionRequest } from '../decide/decision-request.ts'
import {
  ACTING_AS,
  type ConditionTrace,
  NO_ACTOR,
  type RuleOutcome,
  type RuleTrace,
} from '../decide/trace.ts'
import { countMissed } from '../decide/trace-rules.ts'
import type { ClaimsDecision, EffectTrace } from './evaluate-claims.ts'

/** The outcome of one rule, in a sentence. */
export type RuleExplanation = { readonly rule: string; readonly sentence: string }

/** A decision in sentences. */
export type Explanation = {
  readonly summary: string
  /** One sentence for each evaluated rule, in document order. */
  readonly rules: readonly RuleExplanation[]
  /** The allow rule with the fewest failed conditions; undefined if the request is granted. */
  readonly nearestMiss: string | undefined
}

/** Explains a decision. Pure; throws nothing. */
export function explain(decision: ClaimsDecision): Explanation {
  return {
    summary: summarize(decision),
    rules: decision.trace.map((trace) => ({
      rule: trace.rule,
      sentence: describeRule(trace, decision),
    })),
    nearestMiss: decision.kind === 'granted' ? undefined : findNearest(decision.trace),
  }
}

function summarize(decision: ClaimsDecision): string {
  const { request, issuer } = decision
  if (decision.kind === 'granted') {
    const scopes = decision.scopes.join(' ')
    const how = decision.isNarrowing === true ? 'granted, as a token of' : 'granted by'
    return `${how} the rule ${decision.rule}: ${scopes} at ${decision.resource}${describeBudget(decision.budget)}`
  }
  switch (decision.reason) {
    case 'issuer_not_trusted':
      return `denied: the document has no issuer ${issuer}, or iss is not its URL`
    case 'resource_unknown':
      return `denied: the document has no resource ${request.resource ?? ''}`
    case 'target_missing':
      return 'denied: the request names no resource, and the matching rules do not grant exactly one'
    case 'rule_denied': {
      const denying = decision.trace.find(({ outcome }) => outcome === 'denied')
      return `denied by the rule ${denying?.rule ?? ''}`
    }
    case 'scope_not_granted':
      return 'denied: no matching rule grants every requested scope'
    case 'token_expired':
      return 'denied: the token has expired'
    case 'actor_issuer_not_trusted':
      return 'denied: the document does not have the issuer of the actor'
    case 'actor_delegated':
      return 'denied: the actor token names an actor of its own'
    case 'actor_not_named':
      return 'denied: the claim may_act of the subject token does not name the actor'
    case 'actor_chain_too_long':
      return 'denied: the token would name too many actors'
    case 'granting_rule_ended':
      return 'denied: the rule that granted the token, or an ancestor of it, is no longer in force'
    case 'resource_left':
      return `denied: the token descends from a token for ${request.resource}`
    case 'no_rule_matched':
      return `denied: no rule from ${issuer} matches`
    case 'template_unrenderable':
      return decision.template === undefined
        ? 'denied: a template does not render'
        : `denied: ${describeTemplateFault(decision.template)}`
  }
}

/** What no evaluation of claims can know. */
function describeBudget(budget: Granted['budget']): string {
  if (budget === undefined) return ''
  const { claim, grants, onExcess } = budget
  const beyond = onExcess === 'deny' ? 'is denied' : 'sends an alert'
  return `; beyond ${grants} for each ${claim}, a token ${beyond}, and only the gateway knows the count`
}

type Granted = Extract<ClaimsDecision, { readonly kind: 'granted' }>

/** The parts of a decision that the sentence about one rule depends on. */
export type DecidedFacts = {
  readonly request: DecisionRequest
  /** That of a recorded denial: it matched, but a token, a budget or a revocation was in the way. */
  readonly rule?: string | undefined
  readonly reason?: string | undefined
}

/** Describes the outcome of one rule in a sentence without its name. */
export function describeRule(trace: RuleTrace, decision: DecidedFacts): string {
  const { request } = decision
  switch (trace.outcome) {
    case 'matched': {
      if (decision.rule === trace.rule) return 'matches and decides'
      if (decision.reason === 'target_missing') return 'matches, but the request names no resource'
      return decision.rule === undefined && decision.reason !== 'rule_denied'
        ? 'matches, but does not decide'
        : 'matches, but another rule decides'
    }
    case 'condition_failed':
      return describeFailure(trace)
    case 'expired':
      return 'has expired'
    case 'other_resource':
      return `is for a resource other than ${request.resource ?? 'the only one that matching rules grant'}`
    case 'scope_not_granted':
      return `matches, but does not grant all of ${(request.scopes ?? []).join(' ')}`
    case 'not_named':
      return `matches, but the request names the rule ${request.rule ?? ''}`
    case 'denied':
      return 'matches and denies'
    case 'observed':
      return 'matches, but only observes'
    case 'template_unrenderable':
      return trace.template === undefined
        ? 'matches and decides, but a template does not render'
        : `matches and decides, but ${describeTemplateFault(trace.template)}`
  }
}

function describeFailure(trace: RuleTrace): string {
  const failed = trace.conditions.find(({ holds }) => !holds)
  if (failed === undefined) return 'does not match: its condition does not hold'
  if (failed.claim === 'condition')
    return `does not match: its condition does not hold: ${failed.expected}`
  if (failed.claim === ACTING_AS) return `does not match: ${describeActor(failed)}`
  const presented = failed.presented === null ? 'it is absent' : `it is ${failed.presented}`
  const more = countMissed(trace) - 1
  const rest =
    more === 0 ? '' : `, and ${more} more ${more === 1 ? 'condition fails' : 'conditions fail'}`
  return `does not match: ${failed.claim} must be ${failed.expected}, but ${presented}${rest}`
}

function describeActor({ expected, presented }: ConditionTrace): string {
  if (expected === NO_ACTOR) return `it has no acting_as, and the request has ${presented}`
  return `it is for requests with ${expected}, and this one has ${presented ?? NO_ACTOR}`
}

const COULD_GRANT: ReadonlySet<RuleOutcome> = new Set<RuleOutcome>([
  'condition_failed',
  'scope_not_granted',
  'not_named',
  'template_unrenderable',
])

function findNearest(trace: readonly EffectTrace[]): string | undefined {
  let nearest: EffectTrace | undefined
  for (const candidate of trace) {
    if (candidate.effect === 'deny' || !COULD_GRANT.has(candidate.outcome)) continue
    if (nearest === undefined || countMissed(candidate) < countMissed(nearest)) nearest = candidate
  }
  return nearest?.rule
}
