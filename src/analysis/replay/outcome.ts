/** What one document decides about a recorded case. */
import type { Grant, Resource } from '../../core/policy/compile/compiled.ts'
import type { Conclusion } from '../../core/policy/decide/conclude.ts'
import type { JsonObject } from '../../web/json.ts'

export type Decided = GrantedOutcome | DeniedOutcome
export type Outcome = Decided | UnknownOutcome

export type GrantedOutcome = {
  readonly kind: 'granted'
  readonly rule: string
  readonly grant: Grant
  readonly resource: Resource
  readonly scopes: readonly string[]
  readonly lifetimeSeconds: number
  /** Undefined if they need a claim that the record does not have. */
  readonly content: { readonly subject: string; readonly claims: JsonObject } | undefined
  /** Claims of its templates that the record does not have. Without them it may not render. */
  readonly missing: readonly string[]
}
export type DeniedOutcome = { readonly kind: 'denied'; readonly reason: string }
/** The record lacks what decides: names of claims, or what else is missing. */
export type UnknownOutcome = { readonly kind: 'unknown'; readonly missing: readonly string[] }

export const deny = (reason: string): DeniedOutcome => ({ kind: 'denied', reason })
export const unknown = (missing: readonly string[]): UnknownOutcome => ({
  kind: 'unknown',
  missing: [...new Set(missing)],
})

export function outcomeOf(conclusion: Conclusion, resource: Resource): Outcome {
  if (conclusion.kind === 'denied') return deny(conclusion.reason)
  const { rule, grant, scopes, lifetimeSeconds, subject, claims } = conclusion
  const content = { subject, claims }
  return {
    ...{ kind: 'granted', rule: rule.name, grant, resource, scopes, lifetimeSeconds, content },
    missing: [],
  }
}
