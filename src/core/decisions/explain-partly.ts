/**
 * Explains a record that does not have every claim of its token. Conditions on known claims are
 * evaluated. A rule whose other conditions could hold is not judged: the explanation names what is
 * missing.
 */
import type { DecisionExplanation } from '../../contract/decisions/answers.ts'
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import type { JsonObject } from '../../web/json.ts'
import type { CompiledTrust, Rule } from '../policy/compile/compiled.ts'
import { listIssuers } from '../policy/compile/issuers/own-issuer.ts'
import { findTarget } from '../policy/compile/resource-uri.ts'
import type { DecisionRequest } from '../policy/decide/decision-request.ts'
import { traceRule } from '../policy/decide/trace-rules.ts'
import { describeRule } from '../policy/explain/explain.ts'
import { createKnown, knownClaims } from './known-claims.ts'
import { MAX_RECORD_EXPLANATION_RULES } from './limits.ts'

export function explainPartly(
  record: DecisionRecord,
  trust: CompiledTrust,
  request: DecisionRequest,
  at: number,
): DecisionExplanation {
  const issuer = listIssuers(trust).find(({ name }) => name === record.issuer)
  if (issuer === undefined) {
    return { status: 'none', note: `the document has no issuer ${record.issuer}` }
  }
  const resource = request.resource === undefined ? undefined : findTarget(trust, request.resource)
  const asked = resource === undefined ? request : { ...request, resource: resource.uri }
  const claims = knownClaims(record)
  const known = createKnown(record, issuer.profile)
  const own = trust.rules.filter(({ from }) => from === issuer.name)
  const described = own.map((rule) => describePartly(rule, { record, claims, known, asked, at }))
  const rules = described.slice(0, MAX_RECORD_EXPLANATION_RULES)
  const omitted = described.length - rules.length
  return {
    status: 'partial',
    note: noteOf(record),
    summary: summarize(record),
    rules,
    ...(omitted > 0 && { rules_omitted: omitted }),
  }
}

function noteOf({ omitted, asked, all_claims: hasAll }: DecisionRecord): string {
  const cause =
    omitted?.includes('claims') === true
      ? 'its claims were too large to be recorded'
      : hasAll === true && asked?.unknown?.includes('rule') === true
        ? 'the request named a rule that was not recorded'
        : 'the deployment does not record every claim (DECISION_CLAIMS)'
  return `the decision was not evaluated again, because ${cause}`
}

function summarize({ outcome, rule, scopes = [], resource, reason, part }: DecisionRecord): string {
  switch (outcome) {
    case 'granted':
      return `granted by the rule ${rule}: ${scopes.join(' ')} at ${resource}`
    case 'denied':
      return `denied: ${reason}`
    case 'unavailable':
      return `not decided: ${part} was unavailable`
  }
}

type Partial = {
  readonly record: DecisionRecord
  readonly claims: JsonObject
  readonly known: (path: readonly string[]) => boolean
  readonly asked: DecisionRequest
  readonly at: number
}

function describePartly(rule: Rule, { record, claims, known, asked, at }: Partial) {
  const conditions = rule.conditions.filter(({ path }) => known(path))
  const unknown = rule.conditions.filter(({ path }) => !known(path)).map(({ claim }) => claim)
  // An expression can read any claim.
  const expression = record.all_claims === true ? rule.expression : undefined
  if (rule.expression !== expression) unknown.push('condition')
  const trace = traceRule({ ...rule, conditions, expression }, claims, asked, at)
  const isCertain = ['condition_failed', 'expired', 'other_resource'].includes(trace.outcome)
  const sentence =
    isCertain || unknown.length === 0
      ? describeRule(trace, { request: asked, kind: kindOf(record), ...reasonsOf(record) })
      : `cannot be evaluated: not recorded: ${unknown.join(', ')}`
  return { rule: rule.name, sentence }
}

function kindOf({ outcome }: DecisionRecord): 'granted' | 'denied' {
  return outcome === 'granted' ? 'granted' : 'denied'
}

function reasonsOf({ rule, reason }: DecisionRecord) {
  return { rule, reason }
}
