/**
 * What may the holder of a verified identity have? A matching deny rule refuses; otherwise the
 * first rule in document order whose conditions hold and whose grant covers everything asked
 * decides alone. Rights of two rules are never added up, and a missing claim never matches.
 */
import type { Denial } from '../denial.ts'
import { readScalar, type VerifiedIdentity } from '../subject/identity.ts'
import type { CompiledTrust, Grant, Resource, Rule, TrustedIssuer } from './compiled.ts'
import { holdsAll } from './conditions.ts'
import type { DecisionRequest } from './decision-request.ts'
import { findResource } from './resource-uri.ts'
import { candidates } from './rule-index.ts'
import { traceRules } from './trace-rules.ts'

export type Decision = (
  | {
      readonly kind: 'granted'
      readonly rule: Rule
      readonly grant: Grant
      readonly resource: Resource
      readonly scopes: readonly string[]
    }
  | { readonly kind: 'denied'; readonly denial: Denial }
) & {
  /** Rules in `mode: observe` that would have had a say. */
  readonly observed: readonly string[]
}

type Claims = VerifiedIdentity['claims']

export type Choice =
  | { readonly kind: 'granted'; readonly rule: Rule; readonly grant: Grant }
  | {
      readonly kind: 'denied'
      readonly reason: 'rule_denied' | 'scope_not_granted' | 'no_rule_matched'
    }

/** Pure: same trust, identity, request and moment (epoch seconds), same decision. */
export function evaluate(
  trust: CompiledTrust,
  issuer: TrustedIssuer,
  identity: VerifiedIdentity,
  request: DecisionRequest,
  at: number,
): Decision {
  const resource = findResource(trust.resources, request.resource)
  if (resource === undefined) {
    return { kind: 'denied', denial: { reason: 'resource_unknown' }, observed: [] }
  }
  const { claims } = identity
  const matching = findMatching(issuer, claims, request, at)
  const choice = choose(matching, resource, request)
  const observed = findObserved(matching, resource)
  if (choice.kind === 'granted') {
    const { rule, grant } = choice
    return {
      kind: 'granted',
      rule,
      grant,
      resource,
      scopes: request.scopes ?? grant.scopes,
      observed,
    }
  }
  const trace = traceRules(issuer, claims, { ...request, resource: resource.uri }, at)
  return { kind: 'denied', denial: { reason: choice.reason, trace }, observed }
}

/** Every rule of the issuer that lives and whose conditions hold, in document order. */
export function findMatching(
  issuer: TrustedIssuer,
  claims: Claims,
  request: DecisionRequest,
  at: number,
): readonly Rule[] {
  const found = candidates(issuer.index, (path) => readScalar(claims, path))
  return found.filter((rule) => rule.expiresAt > at && holdsAll(rule, claims, request.context))
}

/** One rule decides alone, whichever way. */
export function choose(
  matching: readonly Rule[],
  resource: Resource,
  request: DecisionRequest,
): Choice {
  let granting: Choice | undefined
  let isScopeShort = false
  for (const rule of matching) {
    const { grant } = rule
    if (rule.mode === 'observe') continue
    if (grant === undefined) return { kind: 'denied', reason: 'rule_denied' }
    if (granting !== undefined || grant.resource !== resource.uri) continue
    if (request.rule !== undefined && request.rule !== rule.name) continue
    const scopes = request.scopes ?? grant.scopes
    if (scopes.every((scope) => grant.scopes.includes(scope))) {
      granting = { kind: 'granted', rule, grant }
    } else isScopeShort = true
  }
  if (granting !== undefined) return granting
  return { kind: 'denied', reason: isScopeShort ? 'scope_not_granted' : 'no_rule_matched' }
}

const NONE: readonly string[] = []

/** Deny rules for every resource, others for theirs. */
function findObserved(matching: readonly Rule[], resource: Resource): readonly string[] {
  const observed = matching.filter(
    ({ mode, grant }) =>
      mode === 'observe' && (grant === undefined || grant.resource === resource.uri),
  )
  return observed.length === 0 ? NONE : observed.map(({ name }) => name)
}
