/**
 * Finds the resource that a request is for: the one that it names, or if it names none, the one of a
 * token of this gateway, or the one that all matching rules grant. The result only selects a
 * resource. Deny rules and scopes are checked afterwards, as for a named resource.
 */
import type { CompiledTrust, Resource, Rule } from '../compile/compiled.ts'
import { findResource, findTarget } from '../compile/resource-uri.ts'
import type { RuleQuestion } from './conclude.ts'
import type { DecisionRequest } from './decision-request.ts'

export type Target =
  | { readonly kind: 'found'; readonly resource: Resource }
  /** The request names a resource that the document does not have. */
  | { readonly kind: 'unknown'; readonly name: string }
  /** The request names none, and this many are possible. */
  | { readonly kind: 'missing'; readonly possible: number }

/** `findMatching` returns the unexpired rules whose conditions hold. */
export function findRequested(
  trust: CompiledTrust,
  { issuer, claims: { aud }, request }: Omit<RuleQuestion, 'at'>,
  findMatching: () => readonly Rule[],
): Target {
  const { resource: name } = request
  if (name !== undefined) {
    const resource = findTarget(trust, name)
    return resource === undefined ? { kind: 'unknown', name } : { kind: 'found', resource }
  }
  // A token of this gateway means its own resource, and not the one that a rule leads to.
  if (issuer === trust.own?.issuer) {
    const resource = typeof aud === 'string' ? findTarget(trust, aud) : undefined
    return resource === undefined ? { kind: 'missing', possible: 0 } : { kind: 'found', resource }
  }
  const granted = new Set(findMatching().flatMap((rule) => grantedBy(rule, request)))
  const [only] = granted
  const resource = only === undefined ? undefined : findResource(trust.resources, only)
  // A rule that is left out of a stored document could lead to another resource.
  const isSure = granted.size === 1 && trust.isPartial !== true
  if (resource === undefined || !isSure) return { kind: 'missing', possible: granted.size }
  return { kind: 'found', resource }
}

/**
 * The resource that the rule could grant. A rule counts even if it does not grant the requested
 * scopes or does not render, so that neither changes which resource is meant.
 */
function grantedBy({ name, mode, grant }: Rule, request: DecisionRequest): readonly string[] {
  if (grant === undefined || mode === 'observe') return []
  return request.rule === undefined || request.rule === name ? [grant.resource] : []
}
