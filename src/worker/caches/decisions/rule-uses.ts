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
    const use = { rule, resource, decisionId, at: event.at * 1000 }
    const network = mode === 'none' ? undefined : networkOf(evidence)
    const commit = mode === 'none' ? undefined : commitOf(evidence)
    const uses: readonly RuleUse[] = [
      { ...use, kind: 'rule', value: '' },
      ...(network === undefined ? [] : [{ ...use, kind: 'network' as const, value: network }]),
      ...(commit === undefined
        ? []
        : [{ ...use, kind: 'workflow_commit' as const, value: commit }]),
    ]
    return uses.filter((one) => {
      const key = keyOfUse(one)
      const before = collected.get(key)
      const isKnown =
        before !== undefined && Math.abs(one.at - before) < RULE_USE_REPEAT_MILLISECONDS
      if (isKnown) return false
      if (collected.size >= MAX_COLLECTED_USES) collected.clear()
      collected.set(key, one.at)
      return true
    })
  }
}

/** Undefined if the platform reported neither the autonomous system nor the country. */
function networkOf({ connection = {} }: DecisionEvidence): string | undefined {
  const { asn, country } = connection
  const parts = [asn === undefined ? [] : [`AS${asn}`], country ?? []].flat()
  return parts.length === 0 ? undefined : parts.join(' ')
}

/** A commit is no claim of a person. A profile names it only for platforms that have one. */
function commitOf({ identity, profile }: DecisionEvidence): string | undefined {
  const path = profile?.names.workflowCommit
  if (identity === undefined || path === undefined) return undefined
  const commit = readScalar(identity.claims, path)
  return typeof commit === 'string' ? commit : undefined
}
