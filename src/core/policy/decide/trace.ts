/** What an evaluation leaves behind about each rule it looked at. Types only. */
import type { UnrenderableTemplate } from '../../../protocol/template-fault.ts'

/** What became of one rule. */
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

/** What one condition asked for and saw. */
export type ConditionTrace = {
  /** The claim as the rule names it. */
  readonly claim: string
  readonly holds: boolean
  /** What the rule asks for, in the rule's own words. */
  readonly expected: string
  /** What the verified token says; null when the claim is absent. Never goes to a log. */
  readonly presented: string | null
}

/** What became of one rule, condition by condition. */
export type RuleTrace = {
  readonly rule: string
  readonly outcome: RuleOutcome
  readonly conditions: readonly ConditionTrace[]
  /** The template that does not render, where the rule decided and one of its templates does not. */
  readonly template?: UnrenderableTemplate
}
