/**
 * Collects the uses of rules in the decisions of an isolate, for alerts. They travel with the batches
 * of the decision log, so they cost no request. The isolate repeats a use every ten minutes, because
 * a batch can be lost.
 */
import type { DecisionEvent } from '../../../core/audit.ts'
import type { DecisionEvidence, RecordedClaims } from '../../../core/decisions/build-record.ts'
import { readScalar } from '../../../core/evidence/identity.ts'
import { MAX_COLLECTED_USES, RULE_USE_REPEAT_MILLISECONDS } from '../../limits.ts'
import { keyOfUse, type RuleUse } from '../../objects/rule-uses/rule-use.ts'

export type CollectUses = (event: DecisionEvent, evidence: DecisionEvidence) => readonly RuleUse[]

const NONE: readonly RuleUse[] = []

/** With `none`, the deployment keeps no claims and no facts of connections. */
export function createUseCollector(mode: RecordedClaims): CollectUses {
  const collected = new Map<string, number>()
  return function collectUses(event, evidence) {
    const { outcome, rule, resource, decisionId } = event
    if (outcome !== 'granted' || rule === undefined || resource === undefined) return NONE
    const at = event.at * 1000
    const uses: RuleUse[] = []
    // Nearly every use is known, so it is made only if it is not.
    const collect = (kind: RuleUse['kind'], value: string) => {
      const key = keyOfUse({ kind, rule, resource, value })
      const before = collected.get(key)
      if (before !== undefined && Math.abs(at - before) < RULE_USE_REPEAT_MILLISECONDS) return
      if (collected.size >= MAX_COLLECTED_USES) collected.clear()
      collected.set(key, at)
      uses.push({ kind, rule, resource, value, at, decisionId })
    }
    collect('rule', '')
    if (mode === 'none') return uses
    const network = networkOf(evidence)
    if (network !== undefined) collect('network', network)
    const commit = commitOf(evidence)
    if (commit !== undefined) collect('workflow_commit', commit)
    return uses
  }
}

/** Undefined if the platform reported neither the autonomous system nor the country. */
function networkOf({ connection = {} }: DecisionEvidence): string | undefined {
  const { asn, country } = connection
  if (asn === undefined) return country
  return country === undefined ? `AS${asn}` : `AS${asn} ${country}`
}

/** A commit is no claim of a person. A profile names it only for platforms that have one. */
function commitOf({ identity, profile }: DecisionEvidence): string | undefined {
  const path = profile?.names.workflowCommit
  if (identity === undefined || path === undefined) return undefined
  const commit = readScalar(identity.claims, path)
  return typeof commit === 'string' ? commit : undefined
}
