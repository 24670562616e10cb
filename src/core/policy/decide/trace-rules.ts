/**
 * Explains a denial with the rules whose tenant conditions the token meets, and the result of each
 * of their conditions. A token of another tenant meets no tenant condition, so its holder learns
 * nothing about any rule.
 */

import { readClaim, readElement, type VerifiedIdentity } from '../../evidence/identity.ts'
import { MAX_EXPLAINED_RULES } from '../../limits.ts'
import { speaksFor } from '../actors/acting.ts'
import type { Condition, Rule, Test, TrustedIssuer } from '../compile/compiled.ts'
import type { RuleQuestion } from './conclude.ts'
import { holds, holdsAll, holdsExpression } from './conditions.ts'
import type { Actor, DecisionRequest } from './decision-request.ts'
import { candidates, saltOf, tenantConditions } from './rule-index.ts'
import {
  ACTING_AS,
  type ConditionTrace,
  NO_ACTOR,
  type RuleOutcome,
  type RuleTrace,
} from './trace.ts'
import { coversScopes } from './wanted-scopes.ts'

type Claims = VerifiedIdentity['claims']

/** A question whose resource is known, by its URI. */
type ResolvedQuestion = RuleQuestion & {
  readonly request: DecisionRequest & { readonly resource: string }
}

export function traceRules(question: ResolvedQuestion): readonly RuleTrace[] {
  const traces = findNear(question).map((rule) => traceRule(rule, question))
  // The rule with the fewest failed conditions is first: it is probably the intended one.
  return traces.toSorted((a, b) => countMissed(a) - countMissed(b)).slice(0, MAX_EXPLAINED_RULES)
}

/** Without a resource in the request, no rule is for another resource. */
export function traceRule(rule: Rule, question: Omit<RuleQuestion, 'issuer'>): RuleTrace {
  const { claims, request } = question
  return {
    rule: rule.name,
    outcome: outcomeOf(rule, question),
    conditions: [
      ...traceActor(rule, claims, request.actor),
      ...rule.conditions.map((condition) => traceCondition(rule, condition, claims)),
      ...traceExpression(rule, claims, request),
    ],
  }
}

/** The trace of the CEL expression, under its key in the document. The values it read are not shown. */
function traceExpression(
  rule: Rule,
  claims: Claims,
  request: DecisionRequest,
): readonly ConditionTrace[] {
  if (rule.expression === undefined) return []
  const outcome = holdsExpression(rule, claims, request.context)
  return [{ claim: 'condition', holds: outcome, expected: rule.expression.source, presented: null }]
}

/** How many conditions of the rule do not hold. */
export function countMissed(trace: RuleTrace): number {
  return trace.conditions.filter((condition) => !condition.holds).length
}

/** The first rules of the caller's tenant that help to explain a denial, in document order. */
function findNear({ issuer, claims, request }: ResolvedQuestion): readonly Rule[] {
  const denying = take(
    issuer,
    candidates(issuer.index, claims),
    (rule) => isDenial(rule) && isOfTenant(rule, claims) && matches(rule, claims, request),
  )
  const tenant = candidates(issuer.tenantIndex, claims, saltOf(request.resource))
  const allowing = take(
    issuer,
    tenant,
    (rule) => rule.grant?.resource === request.resource && isOfTenant(rule, claims),
  )
  if (denying.length === 0) return allowing
  const near = [...denying, ...allowing].toSorted((a, b) => a.position - b.position)
  return near.slice(0, MAX_NEAR_RULES)
}

/** More rules than are explained, because the rules with the fewest failed conditions are chosen. */
const MAX_NEAR_RULES = 10 * MAX_EXPLAINED_RULES

function take(
  { ruleAt }: TrustedIssuer,
  ordinals: ArrayLike<number>,
  isWanted: (rule: Rule) => boolean,
): readonly Rule[] {
  const taken: Rule[] = []
  for (let index = 0; index < ordinals.length && taken.length < MAX_NEAR_RULES; index += 1) {
    const rule = ruleAt(ordinals[index] ?? 0)
    if (isWanted(rule)) taken.push(rule)
  }
  return taken
}

function matches(rule: Rule, claims: Claims, { actor, context }: DecisionRequest): boolean {
  return speaksFor(rule, claims, actor) && holdsAll(rule, claims, context)
}

function isDenial({ grant, mode }: Rule): boolean {
  return grant === undefined && mode === 'enforce'
}

function isOfTenant(rule: Rule, claims: Claims): boolean {
  const pins = tenantConditions(rule)
  return pins.length > 0 && pins.every((condition) => holds(condition, claims))
}

function outcomeOf(rule: Rule, question: Omit<RuleQuestion, 'issuer'>): RuleOutcome {
  const { claims, request, at } = question
  if (rule.expiresAt <= at) return 'expired'
  const isElsewhere =
    request.resource !== undefined &&
    rule.grant !== undefined &&
    rule.grant.resource !== request.resource
  if (isElsewhere) return 'other_resource'
  if (!matches(rule, claims, request)) return 'condition_failed'
  if (rule.mode === 'observe') return 'observed'
  const { grant } = rule
  if (grant === undefined) return 'denied'
  if (request.rule !== undefined && request.rule !== rule.name) return 'not_named'
  return coversScopes(grant, request) ? 'matched' : 'scope_not_granted'
}

function traceCondition(rule: Rule, condition: Condition, claims: Claims): ConditionTrace {
  return {
    claim: condition.claim,
    holds: holds(condition, claims, rule.grant === undefined),
    expected: describeTest(condition.test),
    presented: describeValue(claims, condition.path),
  }
}

/** The trace of `acting_as`: the issuer of the actor, then the conditions under its name. */
function traceActor(
  rule: Rule,
  claims: Claims,
  actor: Actor | undefined,
): readonly ConditionTrace[] {
  const { actingAs } = rule
  const claim = ACTING_AS
  const presented = actor === undefined ? null : `an actor from ${actor.issuerName}`
  if (actingAs === undefined) {
    if (speaksFor(rule, claims, actor)) return []
    const named = presented ?? 'an actor in the claim act'
    return [{ claim, holds: false, expected: NO_ACTOR, presented: named }]
  }
  const { from, conditions } = actingAs
  const isFrom = actor?.issuerName === from
  const issuer = { claim, holds: isFrom, expected: `an actor from ${from}`, presented }
  if (actor === undefined || !isFrom) return [issuer]
  const traces = conditions.map((condition) => traceCondition(rule, condition, actor.claims))
  return [issuer, ...traces.map((trace) => ({ ...trace, claim: `${ACTING_AS}.${trace.claim}` }))]
}

/** Describes a test for people. */
function describeTest(test: Test): string {
  switch (test.kind) {
    case 'any_of':
      return test.values.map(quote).join(' or ')
    case 'none_of':
      return `present and not ${test.values.map(quote).join(' or ')}`
    case 'glob':
      return `like ${quote(test.pattern.source)}`
    case 'contains':
      return `a list with ${test.values.map(quote).join(' and ')}`
    case 'range':
      return describeRange(test.min, test.max)
    case 'exists':
      return test.wanted ? 'present' : 'absent'
  }
}

function describeRange(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return `a number of at least ${min}`
  if (min === Number.NEGATIVE_INFINITY) return `a number of at most ${max}`
  return `a number from ${min} to ${max}`
}

function describeValue(claims: Claims, path: readonly string[]): string | null {
  const whole = readClaim(claims, path)
  if (whole === undefined) return null
  if (Array.isArray(whole)) return `a list of length ${whole.length}`
  if (typeof whole === 'object') return 'an object'
  const value = readElement(whole)
  return value === undefined ? 'an unreadable value' : quote(value)
}

function quote(value: string | number | boolean): string {
  return JSON.stringify(value)
}
