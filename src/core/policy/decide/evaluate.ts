/**
 * Decides what the holder of a verified identity gets. A matching deny rule refuses. Otherwise the
 * first rule in document order whose conditions hold and whose grant covers the request decides
 * alone. Grants of several rules are never combined. The decision contains the claims of the token.
 * The gateway and the tools share `concludeFor`.
 */
import type { UnrenderableTemplate } from '../../../protocol/template-fault.ts'
import type { Denial } from '../../denial.ts'
import type { VerifiedIdentity } from '../../evidence/identity.ts'
import { loggableHash } from '../../loggable.ts'
import { isNamed, speaksFor, withActors } from '../actors/acting.ts'
import type { CompiledTrust, Grant, Resource, Rule, TrustedIssuer } from '../compile/compiled.ts'
import {
  type Conclusion,
  conclude,
  type GrantedToken,
  type MatchedQuestion,
  type RuleQuestion,
} from './conclude.ts'
import { holdsAll } from './conditions.ts'
import type { DecisionRequest } from './decision-request.ts'
import { findRequested, type Target } from './find-target.ts'
import { concludeOwn } from './narrow.ts'
import { candidates, tenantConditions } from './rule-index.ts'
import type { RuleTrace } from './trace.ts'
import { traceRule, traceRules } from './trace-rules.ts'

export type Decision = (
  | (GrantedToken & {
      readonly kind: 'granted'
      readonly rule: Rule
      readonly grant: Grant
      readonly resource: Resource
    })
  | {
      readonly kind: 'denied'
      readonly denial: Denial
      /** The deciding rule and its resource, if the grant of that rule does not render. */
      readonly rule?: Rule
      readonly resource?: Resource
    }
) & {
  /** Names of the matching rules in `mode: observe`. */
  readonly observed: readonly string[]
}

/** The actor, with the name of its issuer in the document. */
export type VerifiedActor = VerifiedIdentity & { readonly issuerName: string }
type VerifiedRequest = DecisionRequest & { readonly actor?: VerifiedActor | undefined }

/** The request of the holder of a verified token, by one document, at one moment. */
export type VerifiedQuestion = {
  readonly trust: CompiledTrust
  readonly issuer: TrustedIssuer
  readonly identity: VerifiedIdentity
  readonly request: VerifiedRequest
  /** Epoch seconds. */
  readonly at: number
}

/** Pure: the same question gives the same decision. */
export function evaluate({ trust, issuer, identity, request, at }: VerifiedQuestion): Decision {
  const { claims, subject } = identity
  const question = { issuer, claims, request, at }
  let found: readonly Rule[] | undefined
  const findOnce = () => (found ??= findMatching(question))
  const target = findRequested(trust, question, findOnce)
  if (target.kind !== 'found') return denyTarget(target)
  const { resource } = target
  const matching = findOnce()
  const { decisionId } = request
  const matched = { issuer, claims, request, at, subject, decisionId, matching, resource }
  const conclusion = concludeFor(trust, matched)
  const observed = findObserved(matching, resource)
  if (conclusion.kind === 'granted') return { ...conclusion, resource, observed }
  const asked = { ...question, request: { ...request, resource: resource.uri } }
  if (conclusion.reason !== 'template_unrenderable') {
    const trace = traceRules(asked)
    return { kind: 'denied', denial: toDenial(conclusion, matched, trace), observed }
  }
  const { reason, rule, fault } = conclusion
  // Every condition of the rule holds, so if the rule pins a tenant, it is the caller's.
  const isTold = tenantConditions(rule).length > 0
  const trace = isTold ? [{ ...traceRule(rule, asked), ...unrenderable(fault) }] : []
  const denial: Denial = { reason, at: fault.template, template: fault, trace }
  return { kind: 'denied', denial, rule, resource, observed }
}

function denyTarget(target: Exclude<Target, { kind: 'found' }>): Decision {
  const denial: Denial =
    target.kind === 'unknown'
      ? { reason: 'resource_unknown', facts: { resourceHash: loggableHash(target.name) } }
      : { reason: 'target_missing', facts: { targets: target.possible } }
  return { kind: 'denied', denial, observed: [] }
}

/** Concludes for a token of any issuer, or of this gateway itself. The tools use it too. */
export function concludeFor({ own }: CompiledTrust, question: MatchedQuestion): Conclusion {
  const { issuer, claims, request } = question
  const { actor } = request
  if (actor !== undefined && !isNamed(claims, issuer.url, actor)) {
    return { kind: 'denied', reason: 'actor_not_named' }
  }
  const isOwn = own !== undefined && issuer === own.issuer
  const conclusion = isOwn ? concludeOwn(own, question) : conclude(question, issuer.name)
  if (conclusion.kind === 'denied') return conclusion
  return withActors(conclusion, actor, isOwn ? claims : undefined)
}

function toDenial(
  conclusion: Exclude<Extract<Conclusion, { kind: 'denied' }>, { reason: 'template_unrenderable' }>,
  { resource, request: { scopes = [] } }: MatchedQuestion,
  trace: readonly RuleTrace[],
): Denial {
  const { reason } = conclusion
  switch (reason) {
    case 'no_rule_matched':
      return { reason, trace }
    case 'token_expired':
      return { reason, facts: { exp: conclusion.exp, now: conclusion.now } }
    case 'actor_not_named':
      return { reason }
    case 'actor_chain_too_long':
      return { reason, facts: { length: conclusion.length, limit: conclusion.limit } }
    case 'granting_rule_ended':
      return { reason, facts: { rule: conclusion.name } }
    case 'resource_left':
      return { reason }
    case 'rule_denied':
      return { reason, facts: { rule: conclusion.rule.name }, trace }
    case 'scope_not_granted': {
      const known = scopes.filter((scope) => resource.scopes.has(scope))
      return {
        reason,
        facts: { scopes: known, unknownScopes: scopes.length - known.length },
        trace,
      }
    }
  }
}

/** The outcome of a deciding rule whose grant does not render. */
export function unrenderable(template: UnrenderableTemplate) {
  return { outcome: 'template_unrenderable', template } as const
}

/** Every unexpired rule of the issuer whose conditions hold, in document order. */
export function findMatching({ issuer, claims, request, at }: RuleQuestion): readonly Rule[] {
  const found = candidates(issuer.index, claims)
  const matching: Rule[] = []
  for (let index = 0; index < found.length; index += 1) {
    const rule = issuer.ruleAt(found[index] ?? 0)
    if (rule.expiresAt <= at || !speaksFor(rule, claims, request.actor)) continue
    if (holdsAll(rule, claims, request.context)) matching.push(rule)
  }
  return matching
}

const NONE: readonly string[] = []

/** Observed deny rules apply to every resource, observed allow rules to their own. */
function findObserved(matching: readonly Rule[], resource: Resource): readonly string[] {
  const observed = matching.filter(
    ({ mode, grant }) =>
      mode === 'observe' && (grant === undefined || grant.resource === resource.uri),
  )
  return observed.length === 0 ? NONE : observed.map(({ name }) => name)
}
