/**
 * The parts of the playground that evaluate rules in the browser: decisions of the draft, and suggested
 * rules. They are loaded when they are needed.
 */
import { stringify } from 'yaml'
import { type Suggestion, suggest } from '../../../analysis/index.ts'
import { describeEvaluation } from '../../../core/decisions/explain-record.ts'
import type { CompiledTrust } from '../../../core/policy/compile/compiled.ts'
import { evaluateClaims } from '../../../core/policy/explain/evaluate-claims.ts'
import { findProvider } from '../../../core/providers/index.ts'
import type { JsonObject } from '../../../web/json.ts'
import type { Decided, PlaygroundRequest } from './request.ts'

export { findClaimSet } from '../../../core/providers/examples.ts'
export { findProvider } from '../../../core/providers/index.ts'
export { describeClaim } from '../../../core/providers/references.ts'
export { writeFixture } from './write-fixture.ts'

/** `at`: epoch seconds. */
export function decideByDraft(
  trust: CompiledTrust,
  request: PlaygroundRequest,
  at: number,
): Decided {
  const { issuer, claims, resource, scopes, rule, lifetime_seconds: lifetimeSeconds } = request
  const asked = { resource, scopes, rule, lifetimeSeconds, context: {} }
  const decision = evaluateClaims(trust, { issuer, claims }, asked, at)
  const described = describeEvaluation(decision, decision.request)
  return { outcome: decision.kind, verified: false, at, ...described }
}

export type RuleRequest = {
  readonly issuerName: string
  readonly providerId: string
  readonly claims: JsonObject
  readonly resource: string
  readonly scopes: readonly string[]
  readonly owner: string
  /** Epoch seconds. */
  readonly at: number
}

/** The rule ends this long after it is suggested. */
const DAYS = 90

/** The narrowest rule for the claims as YAML, or why there is none. */
export function suggestRule(
  request: RuleRequest,
): { readonly yaml: string; readonly suggestion: Suggestion } | { readonly fault: string } {
  const { providerId, at, ...rest } = request
  const { iss } = request.claims
  const provider = findProvider(providerId, typeof iss === 'string' ? iss : undefined)
  if (provider === undefined) return { fault: `no provider is called "${providerId}"` }
  const expires = new Date((at + DAYS * 86_400) * 1000).toISOString().slice(0, 10)
  const suggestion = suggest({ ...rest, provider, expires })
  if ('fault' in suggestion) return suggestion
  const options = { version: '1.2', schema: 'core', lineWidth: 0 } as const
  return { yaml: stringify([suggestion.rule], options), suggestion }
}
