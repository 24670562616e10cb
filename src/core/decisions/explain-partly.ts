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
import { ACTING_AS, type RuleTrace } from '../policy/decide/trace.ts'
import { traceRule } from '../policy/decide/trace-rules.ts'
import { describeRule } from '../policy/explain/explain.ts'
import type { ProviderProfile } from '../providers/profile.ts'
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
  const actorIssuer = listIssuers(trust).find(({ name }) => name === record.actor?.issuer)
  const known = readKnownClaims(record, issuer.profile, actorIssuer?.profile)
  const own = trust.rules.filter(({ from }) => from === issuer.name)
  const described = own.map((rule) => describePartly(rule, { record, known, asked, at }))
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

/** The claims of a record, and which claims it would have. */
export type KnownClaims = {
  readonly claims: JsonObject
  readonly known: (path: readonly string[]) => boolean
  /** The same for the actor token. Undefined: every claim is known. */
  readonly isActorKnown?: (path: readonly string[]) => boolean
  /** Whether no claim is missing. An expression can read any claim. */
  readonly hasAll: boolean
}

export function readKnownClaims(
  record: DecisionRecord,
  profile: ProviderProfile,
  actorProfile?: ProviderProfile,
): KnownClaims {
  const { all_claims, actor_claims } = record
  const ofActor = { all_claims, claims: actor_claims }
  return {
    ...(actorProfile === undefined ? {} : { isActorKnown: createKnown(ofActor, actorProfile) }),
    claims: knownClaims(record),
    known: createKnown(record, profile),
    hasAll: record.all_claims === true,
  }
}

export type PartialTrace = {
  readonly trace: RuleTrace
  /** The conditions that cannot be evaluated. */
  readonly unknown: readonly string[]
  /** Whether the outcome is the same for every value of the unknown claims. */
  readonly isCertain: boolean
}

/** Evaluates the conditions on known claims only. */
export function tracePartly(
  rule: Rule,
  { claims, known, hasAll, isActorKnown = () => true }: KnownClaims,
  asked: DecisionRequest,
  at: number,
): PartialTrace {
  const conditions = rule.conditions.filter(({ path }) => known(path))
  const unknown = rule.conditions.filter(({ path }) => !known(path)).map(({ claim }) => claim)
  const expression = hasAll ? rule.expression : undefined
  if (rule.expression !== expression) unknown.push('condition')
  const demand = rule.actingAs
  const open = demand?.conditions.filter(({ path }) => !isActorKnown(path)) ?? []
  const ofActor = demand?.conditions.filter((condition) => !open.includes(condition)) ?? []
  const actingAs = demand && { ...demand, conditions: ofActor }
  // The issuer of the actor is always known.
  if (asked.actor?.issuerName === demand?.from) {
    unknown.push(...open.map(({ claim }) => `${ACTING_AS}.${claim}`))
  }
  const question = { claims, request: asked, at }
  const trace = traceRule({ ...rule, conditions, actingAs, expression }, question)
  const isDecided = ['condition_failed', 'expired', 'other_resource'].includes(trace.outcome)
  return { trace, unknown, isCertain: isDecided || unknown.length === 0 }
}

type Partial = {
  readonly record: DecisionRecord
  readonly known: KnownClaims
  readonly asked: DecisionRequest
  readonly at: number
}

function describePartly(rule: Rule, { record, known, asked, at }: Partial) {
  const { trace, unknown, isCertain } = tracePartly(rule, known, asked, at)
  const sentence = isCertain
    ? describeRule(trace, { request: asked, rule: record.rule, reason: record.reason })
    : `cannot be evaluated: not recorded: ${unknown.join(', ')}`
  return { rule: rule.name, sentence }
}
