/** The uses of rules that alerts are found in: what an isolate tells its shard of the decision log. */

/**
 * `rule`: the rule granted a token. `network`: to a caller in this network. `workflow_commit`: to a job
 * whose workflow is defined in this commit.
 */
type UseKind = 'rule' | 'network' | 'workflow_commit'

export type RuleUse = {
  readonly kind: UseKind
  readonly rule: string
  /** Rules of the trust document and of the deploy-time policy can have one name. */
  readonly resource: string
  /** The network or the commit. Empty for a rule. */
  readonly value: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly decisionId: string
}

/**
 * Identifies a use without its time and its decision. Only the value can contain spaces, so no other
 * use has the same text.
 */
export function keyOfUse({
  kind,
  rule,
  resource,
  value,
}: Omit<RuleUse, 'at' | 'decisionId'>): string {
  return `${kind} ${rule} ${resource} ${value}`
}
