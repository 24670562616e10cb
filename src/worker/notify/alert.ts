/**
 * The alerts of a gateway: what an operator should look at soon. An alert has ids and names of this
 * deployment, and never a token or a claim that names a person.
 */

import type { DecisionEvent } from '../../core/audit.ts'

/** Each type with the sentence that every alert of the type has. Types are stable. */
export const ALERT_REASONS = {
  budget_exceeded: 'a job asked for more tokens than its budget allows',
  new_network: 'a rule was used from a network that it was never used from',
  new_workflow_commit: 'a rule was used by a commit of a workflow that never used it',
  dormant_rule_used: 'a rule was used that was not used for a long time',
  rule_ends: 'a rule of the trust document ends soon',
} as const satisfies Readonly<Record<string, string>>

export type AlertType = keyof typeof ALERT_REASONS

export type Alert = {
  readonly type: AlertType
  /** When it happened, in epoch seconds. */
  readonly at: number
  readonly decisionId?: string
  /** Names of the trust document. */
  readonly rule?: string
  readonly issuer?: string
  readonly resource?: string
  /** Further facts. The type determines which. */
  readonly facts?: Readonly<Record<string, string | number>>
}

/** Why an alert did not reach the webhook. */
export type AlertFault =
  | 'no_signing_key'
  | 'too_large'
  | 'too_many'
  | 'unreachable'
  | 'redirected'
  | 'status_not_2xx'

/** Returns the alert that a decision causes: of each job and rule, the first excess of the budget. */
export function findAlert(event: DecisionEvent): Alert | undefined {
  const { at, decisionId, budget, rule, issuer, resource, outcome } = event
  if (budget?.excess !== 'first') return undefined
  const { per, grants } = budget
  return {
    type: 'budget_exceeded',
    at,
    decisionId,
    ...(rule === undefined ? {} : { rule }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(resource === undefined ? {} : { resource }),
    facts: { per, grants, outcome },
  }
}
