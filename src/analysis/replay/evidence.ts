/**
 * What a recorded result proves about rules whose conditions need a claim that the record does not have.
 * If the document in force decided, its deciding rule matched, and no deny rule and no earlier rule for
 * the same request did. What follows from that for a rule of the proposed document is proven too: the
 * rule may be the same, wider or narrower.
 */
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import type { CompiledTrust, Rule } from '../../core/policy/compile/compiled.ts'
import { findTarget } from '../../core/policy/compile/resource-uri.ts'
import { holds } from '../../core/policy/decide/conditions.ts'
import { coversScopes } from '../../core/policy/decide/wanted-scopes.ts'
import { actorsImply, conditionImplies } from '../diff/conditions-imply.ts'
import { isGrantedByRules } from './beyond-rules.ts'
import type { IsKnown } from './match-partly.ts'
import type { RecordedCase } from './recorded-case.ts'

/** Whether the conditions of a rule hold. Undefined: the record does not tell. */
export type FindEvidence = (
  rule: Rule,
  recorded: RecordedCase,
  isKnown: IsKnown,
) => boolean | undefined

/** `revision` is that of `trust`. A record of another one proves nothing about its rules. */
export function createEvidence(trust: CompiledTrust | undefined, revision: number): FindEvidence {
  if (trust === undefined) return () => undefined
  const forms = new Map<Rule, string>()
  const twins = new Map<string, Rule[]>()
  for (const rule of trust.rules) {
    const form = formOf(rule)
    twins.set(form, [...(twins.get(form) ?? []), rule])
  }
  const byName = new Map(trust.rules.map((rule) => [rule.name, rule]))
  return (rule, recorded, isKnown) => {
    const { record } = recorded
    if (record.revision !== revision || record.issuer !== rule.from) return undefined
    const form = forms.get(rule) ?? formOf(rule)
    forms.set(rule, form)
    const deciding = byName.get(record.rule ?? '')
    const target = findTarget(trust, recorded.request.resource ?? record.resource ?? '')
    // A changed rule usually keeps its name.
    const near = [...(twins.get(form) ?? []), byName.get(rule.name), deciding]
    for (const old of near) {
      const verdict = old && judge(old, recorded, deciding, target?.uri)
      if (old === undefined || verdict === undefined) continue
      const [premise, conclusion] = verdict ? [old, rule] : [rule, old]
      if (follows(premise, conclusion, recorded, isKnown)) return verdict
    }
    return undefined
  }
}

/** Whether a token of this case that the first rule matches is also matched by the second. */
function follows(
  premise: Rule,
  conclusion: Rule,
  { claims }: RecordedCase,
  isKnown: IsKnown,
): boolean {
  const denies = conclusion.grant === undefined
  // Deny rules compare claims in another way.
  if (denies !== (premise.grant === undefined) || premise.from !== conclusion.from) return false
  if (!actorsImply(premise, conclusion, denies)) return false
  const { expression } = conclusion
  if (expression !== undefined && premise.expression?.source !== expression.source) return false
  return conclusion.conditions.every(
    (wanted) =>
      (isKnown(wanted.path) && holds(wanted, claims, denies)) ||
      premise.conditions.some((given) => conditionImplies(given, wanted, denies)),
  )
}

/** Rules with the same form match the same tokens. An end is not part of it. */
function formOf({ from, conditions, actingAs, expression, grant }: Rule): string {
  const testsOf = (list: Rule['conditions']) =>
    list.map(({ path, test, foldsCase }) => [path, test, foldsCase])
  const actor = actingAs && [actingAs.from, testsOf(actingAs.conditions)]
  return JSON.stringify([from, testsOf(conditions), expression?.source, grant === undefined, actor])
}

/** Whether a rule of the document that decided matched. */
function judge(
  rule: Rule,
  { record, request }: RecordedCase,
  deciding: Rule | undefined,
  resource: string | undefined,
): boolean | undefined {
  const { grant, mode, expiresAt, position, name } = rule
  if (mode !== 'enforce' || expiresAt <= record.at / 1000) return undefined
  const isGranted = isGrantedByRules(record)
  if (isGranted && rule === deciding) return true
  if (grant === undefined) return judgeDenial(record, name)
  const isAsked =
    grant.resource === resource &&
    (request.rule === undefined || request.rule === name) &&
    coversScopes(grant, request)
  if (!isAsked) return undefined
  if (isGranted && deciding !== undefined) return position < deciding.position ? false : undefined
  return NOTHING_COVERS.includes(record.reason) ? false : undefined
}

const NOTHING_COVERS: readonly (string | undefined)[] = ['no_rule_matched', 'scope_not_granted']

function judgeDenial(record: DecisionRecord, name: string): boolean | undefined {
  if (isGrantedByRules(record) || NOTHING_COVERS.includes(record.reason)) return false
  const isDenied = record.reason === 'rule_denied' && record.facts?.rule === name
  return isDenied ? true : undefined
}
