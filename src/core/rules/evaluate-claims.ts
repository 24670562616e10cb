/**
 * The evaluator for people: the same choice as at an exchange, but from claims that nobody has
 * verified, and with every rule of the issuer in the trace. For tools and tests of documents; a
 * gateway issues nothing from it, because issuing takes a verified identity.
 */

import type { JsonObject } from '../subject/strict-json.ts'
import type { CompiledTrust, TrustedIssuer } from './compiled.ts'
import type { DecisionRequest } from './decision-request.ts'
import { type Choice, choose, findMatching } from './evaluate.ts'
import { findResource } from './resource-uri.ts'
import type { RuleTrace } from './trace.ts'
import { traceRule } from './trace-rules.ts'

/** Claims as a subject token of this issuer would carry them. */
export type ClaimedIdentity = {
  /** The issuer as the document names it. */
  readonly issuer: string
  readonly claims: JsonObject
}

/** What one rule saw, and whether it allows or denies. */
export type EffectTrace = RuleTrace & { readonly effect: 'allow' | 'deny' }

/** A decision about claims that nobody has verified, with what every rule saw. */
export type ClaimsDecision = {
  readonly issuer: string
  readonly request: DecisionRequest
  /** Every rule of the issuer, in document order. */
  readonly trace: readonly EffectTrace[]
} & (
  | {
      readonly kind: 'granted'
      readonly rule: string
      readonly resource: string
      readonly scopes: readonly string[]
    }
  | {
      readonly kind: 'denied'
      readonly reason: 'issuer_not_trusted' | 'resource_unknown' | DeniedChoice['reason']
    }
)

type DeniedChoice = Extract<Choice, { kind: 'denied' }>

/**
 * What a holder of these claims would be granted at a moment (epoch seconds). Pure; throws nothing.
 *
 * @example
 * const decision = evaluate(trust, { issuer: 'github', claims }, request, 1_800_000_000)
 * if (decision.kind === 'denied') for (const { sentence } of explain(decision).rules) show(sentence)
 */
export function evaluateClaims(
  trust: CompiledTrust,
  identity: ClaimedIdentity,
  request: DecisionRequest,
  at: number,
): ClaimsDecision {
  const base = { issuer: identity.issuer, request }
  const issuer = findIssuer(trust, identity.issuer)
  if (issuer === undefined) {
    return { ...base, kind: 'denied', reason: 'issuer_not_trusted', trace: [] }
  }
  const { claims } = identity
  const resource = findResource(trust.resources, request.resource)
  const asked = resource === undefined ? request : { ...request, resource: resource.uri }
  const trace = trust.rules
    .filter((rule) => rule.from === issuer.name)
    .map(
      (rule): EffectTrace => ({
        ...traceRule(rule, claims, asked, at),
        effect: rule.grant === undefined ? 'deny' : 'allow',
      }),
    )
  if (resource === undefined) return { ...base, kind: 'denied', reason: 'resource_unknown', trace }
  const choice = choose(findMatching(issuer, claims, request, at), resource, request)
  if (choice.kind === 'denied') return { ...base, ...choice, trace }
  const { rule, grant } = choice
  const scopes = request.scopes ?? grant.scopes
  return { ...base, kind: 'granted', rule: rule.name, resource: resource.uri, scopes, trace }
}

function findIssuer(trust: CompiledTrust, name: string): TrustedIssuer | undefined {
  for (const issuer of trust.issuers.values()) if (issuer.name === name) return issuer
  return undefined
}
