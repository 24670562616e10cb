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
import { candidates } from './rule-index.ts'
import { traceRules } from './trace-rules.ts'

export type Decision =
  | {
      readonly kind: 'granted'
      readonly rule: Rule
      readonly grant: Grant
      readonly resource: Resource
      readonly scopes: readonly string[]
    }
  | { readonly kind: 'denied'; readonly denial: Denial }

type Claims = VerifiedIdentity['claims']

/** Pure: same trust, identity, request and moment (epoch seconds), same decision. */
export function evaluate(
  trust: CompiledTrust,
  issuer: TrustedIssuer,
  identity: VerifiedIdentity,
  request: DecisionRequest,
  at: number,
): Decision {
  const resource = trust.resources.get(request.resource)
  if (resource === undefined) return { kind: 'denied', denial: { reason: 'resource_unknown' } }
  const { claims } = identity
  const found = candidates(issuer.index, (path) => readScalar(claims, path))
  const matching = found.filter((rule) => rule.expiresAt > at && holdsAll(rule, claims))
  const denying = matching.find((rule) => rule.grant === undefined)
  if (denying !== undefined) return denied('rule_denied', issuer, claims, request, at)
  let isScopeShort = false
  for (const rule of matching) {
    const { grant } = rule
    if (grant === undefined || grant.resource !== resource.uri) continue
    if (request.rule !== undefined && request.rule !== rule.name) continue
    const scopes = request.scopes ?? grant.scopes
    if (scopes.every((scope) => grant.scopes.includes(scope))) {
      return { kind: 'granted', rule, grant, resource, scopes }
    }
    isScopeShort = true
  }
  const reason = isScopeShort ? 'scope_not_granted' : 'no_rule_matched'
  return denied(reason, issuer, claims, request, at)
}

function denied(
  reason: 'rule_denied' | 'scope_not_granted' | 'no_rule_matched',
  issuer: TrustedIssuer,
  claims: Claims,
  request: DecisionRequest,
  at: number,
): Decision {
  const trace = traceRules(issuer, claims, request, at)
  return { kind: 'denied', denial: { reason, trace } }
}
