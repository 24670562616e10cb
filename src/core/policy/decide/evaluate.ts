/**
 * Decides what the holder of a verified identity gets. A matching deny rule refuses. Otherwise the
 * first rule in document order whose conditions hold and whose grant covers the request decides
 * alone. Grants of several rules are never combined. The decision contains the claims of the token.
 * The gateway and the tools share `conclude`.
 */
import type { UnrenderableTemplate } from '../../../protocol/template-fault.ts'
import type { Denial } from '../../denial.ts'
import type { VerifiedIdentity } from '../../evidence/identity.ts'
import { loggableHash } from '../../loggable.ts'
import type { CompiledTrust, Grant, Resource, Rule, TrustedIssuer } from '../compile/compiled.ts'
import { holdsAll } from './conditions.ts'
import type { DecisionRequest } from './decision-request.ts'
import { findRequested, type Target } from './find-target.ts'
import { type RenderedFor, type RenderedGrant, renderGrant } from './render-grant.ts'
import { candidates, tenantConditions } from './rule-index.ts'
import type { RuleTrace } from './trace.ts'
import { traceRule, traceRules } from './trace-rules.ts'
import { coversScopes, wantedScopes } from './wanted-scopes.ts'

/** The content of a token that a rule grants. */
export type GrantedToken = RenderedGrant & {
  readonly scopes: readonly string[]
  readonly lifetimeSeconds: number
}

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

type Claims = VerifiedIdentity['claims']

type Choice =
  | { readonly kind: 'granted'; readonly rule: Rule; readonly grant: Grant }
  | { readonly kind: 'denied'; readonly reason: 'rule_denied'; readonly rule: Rule }
  | { readonly kind: 'denied'; readonly reason: 'scope_not_granted' | 'no_rule_matched' }

/** The outcome of the rules: a rendered grant, or the reason of the denial. */
export type Conclusion =
  | (GrantedToken & { readonly kind: 'granted'; readonly rule: Rule; readonly grant: Grant })
  | Extract<Choice, { kind: 'denied' }>
  | {
      readonly kind: 'denied'
      readonly reason: 'template_unrenderable'
      readonly rule: Rule
      readonly fault: UnrenderableTemplate
    }

/** Pure: the same trust, identity, request and time (epoch seconds) give the same decision. */
export function evaluate(
  trust: CompiledTrust,
  issuer: TrustedIssuer,
  identity: VerifiedIdentity,
  request: DecisionRequest,
  at: number,
): Decision {
  const { claims, subject } = identity
  let found: readonly Rule[] | undefined
  const findOnce = () => (found ??= findMatching(issuer, claims, request, at))
  const target = findRequested(trust, request, findOnce)
  if (target.kind !== 'found') return denyTarget(target)
  const { resource } = target
  const matching = findOnce()
  const { decisionId } = request
  const holder = { issuerName: issuer.name, subject, claims, decisionId }
  const conclusion = conclude(matching, holder, resource, request)
  const observed = findObserved(matching, resource)
  if (conclusion.kind === 'granted') return { ...conclusion, resource, observed }
  const asked = { ...request, resource: resource.uri }
  if (conclusion.reason !== 'template_unrenderable') {
    const trace = traceRules(issuer, claims, asked, at)
    return { kind: 'denied', denial: toDenial(conclusion, resource, request, trace), observed }
  }
  const { reason, rule, fault } = conclusion
  // Every condition of the rule holds, so if the rule pins a tenant, it is the caller's.
  const isTold = tenantConditions(rule).length > 0
  const trace = isTold ? [{ ...traceRule(rule, claims, asked, at), ...unrenderable(fault) }] : []
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

function toDenial(
  conclusion: Extract<Choice, { kind: 'denied' }>,
  resource: Resource,
  { scopes = [] }: DecisionRequest,
  trace: readonly RuleTrace[],
): Denial {
  const { reason } = conclusion
  switch (reason) {
    case 'no_rule_matched':
      return { reason, trace }
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

/** The part of a decision that is the same for verified and for claimed identities. */
export function conclude(
  matching: readonly Rule[],
  holder: RenderedFor,
  resource: Resource,
  request: DecisionRequest,
): Conclusion {
  const choice = choose(matching, resource, request)
  if (choice.kind === 'denied') return choice
  const { rule, grant } = choice
  const rendered = renderGrant(grant, holder, resource)
  if (!rendered.ok) {
    return { kind: 'denied', reason: 'template_unrenderable', rule, fault: rendered.error }
  }
  return {
    ...choice,
    ...rendered.value,
    scopes: wantedScopes(grant, request),
    lifetimeSeconds: Math.min(
      request.lifetimeSeconds ?? Number.POSITIVE_INFINITY,
      grant.lifetimeSeconds,
      resource.maxLifetimeSeconds,
    ),
  }
}

/** Every unexpired rule of the issuer whose conditions hold, in document order. */
export function findMatching(
  issuer: TrustedIssuer,
  claims: Claims,
  request: DecisionRequest,
  at: number,
): readonly Rule[] {
  const found = candidates(issuer.index, claims)
  const matching: Rule[] = []
  for (let index = 0; index < found.length; index += 1) {
    const rule = issuer.ruleAt(found[index] ?? 0)
    if (rule.expiresAt > at && holdsAll(rule, claims, request.context)) matching.push(rule)
  }
  return matching
}

/** Chooses the one rule that decides. */
function choose(matching: readonly Rule[], resource: Resource, request: DecisionRequest): Choice {
  let granting: Choice | undefined
  let isScopeShort = false
  for (const rule of matching) {
    const { grant } = rule
    if (rule.mode === 'observe') continue
    if (grant === undefined) return { kind: 'denied', reason: 'rule_denied', rule }
    if (granting !== undefined || grant.resource !== resource.uri) continue
    if (request.rule !== undefined && request.rule !== rule.name) continue
    if (coversScopes(grant, request)) granting = { kind: 'granted', rule, grant }
    else isScopeShort = true
  }
  if (granting !== undefined) return granting
  return { kind: 'denied', reason: isScopeShort ? 'scope_not_granted' : 'no_rule_matched' }
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
