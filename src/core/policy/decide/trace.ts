/** The trace of an evaluation: the result of each rule and condition. */
import type { UnrenderableTemplate } from '../../../protocol/template-fault.ts'

/** The outcome of one rule. */
export type RuleOutcome =
  | 'matched'
  | 'condition_failed'
  | 'expired'
  | 'other_resource'
  | 'scope_not_granted'
  | 'not_named'
  | 'denied'
  | 'observed'
  | 'template_unrenderable'

/** The name of the actor in traces, as the rule spells it. Its claims follow after a dot. */
export const ACTING_AS = 'acting_as'

/** What an allow rule without `acting_as` expects. */
export const NO_ACTOR = 'no actor'

/** What one condition expected, and the claim that the token presented. */
export type ConditionTrace = {
  /** The claim, as the rule spells it. */
  readonly claim: string
  readonly holds: boolean
  /** What the rule requires, as text. */
  readonly expected: string
  /** The claim of the verified token; null if it is absent. It is never logged. */
  readonly presented: string | null
}

/** The outcome of one rule, and the result of each of its conditions. */
export type RuleTrace = {
  readonly rule: string
  readonly outcome: RuleOutcome
  readonly conditions: readonly ConditionTrace[]
  /** The template that does not render, if this rule decided and has one. */
  readonly template?: UnrenderableTemplate
}
