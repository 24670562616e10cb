/**
 * Evaluates unverified claims, for tools and for tests of trust documents. It decides like an exchange
 * and traces every rule of the issuer. A gateway cannot issue a token from the result, because that
 * requires a verified identity.
 */

import type { UnrenderableTemplate } from '../../../protocol/template-fault.ts'
import type { JsonObject } from '../../../web/json.ts'
import { readScalar } from '../../evidence/identity.ts'
import type { Budget, CompiledTrust, TrustedIssuer } from '../compile/compiled.ts'
import { listIssuers } from '../compile/issuers/own-issuer.ts'
import type { Conclusion, GrantedToken } from '../decide/conclude.ts'
import type { Actor, DecisionRequest } from '../decide/decision-request.ts'
import { concludeFor, findMatching, unrenderable } from '../decide/evaluate.ts'
import { findRequested } from '../decide/find-target.ts'
import type { RuleTrace } from '../decide/trace.ts'
import { traceRule } from '../decide/trace-rules.ts'

/** The claims that a subject token of this issuer would have. */
export type ClaimedIdentity = {
  /** The issuer's name in the document. */
  readonly issuer: string
  readonly claims: JsonObject
}

/** The claims of a subject token, and those of an actor token if somebody acts for the subject. */
export type ClaimedIdentities = ClaimedIdentity & { readonly actor?: ClaimedIdentity | undefined }

/** The trace of one rule, and whether the rule allows or denies. */
export type EffectTrace = RuleTrace & { readonly effect: 'allow' | 'deny' }

/** A decision about unverified claims, with the trace of every rule. */
export type ClaimsDecision = {
  readonly issuer: string
  readonly request: DecisionRequest
  /** Every rule of the issuer, in document order. */
  readonly trace: readonly EffectTrace[]
} & (
  | (Omit<GrantedToken, 'subject' | 'job'> & {
      readonly kind: 'granted'
      readonly rule: string
      readonly resource: string
      /** A narrower token for the same resource. `rule` granted the wider one. */
      readonly isNarrowing?: true
      /** If set, the gateway counts the tokens of the job, and may refuse. Claims cannot tell. */
      readonly budget?: Pick<Budget, 'claim' | 'grants' | 'onExcess'>
      /** Undefined if the rule has no subject template and the claims have no `sub`. */
      readonly subject: string | undefined
    })
  | {
      readonly kind: 'denied'
      readonly reason: ClaimsDenialReason
      /** For `template_unrenderable`: the template and the reason. */
      readonly template?: UnrenderableTemplate
    }
)

type DeniedConclusion = Extract<Conclusion, { kind: 'denied' }>

/** The denial reasons that can result from claims alone. */
export const CLAIMS_DENIAL_REASONS = [
  'issuer_not_trusted',
  'resource_unknown',
  'target_missing',
  'no_rule_matched',
  'rule_denied',
  'scope_not_granted',
  'template_unrenderable',
  'token_expired',
  'granting_rule_ended',
  'resource_left',
  'actor_issuer_not_trusted',
  'actor_delegated',
  'actor_not_named',
  'actor_chain_too_long',
] as const satisfies readonly (
  | 'issuer_not_trusted'
  | 'resource_unknown'
  | 'target_missing'
  | 'actor_issuer_not_trusted'
  | 'actor_delegated'
  | DeniedConclusion['reason']
)[]
type ClaimsDenialReason = (typeof CLAIMS_DENIAL_REASONS)[number]

/**
 * Decides what a holder of these claims is granted at a time (epoch seconds). Pure; throws nothing.
 *
 * @example
 * const decision = evaluate(trust, { issuer: 'github', claims }, request, 1_800_000_000)
 * if (decision.kind === 'denied') for (const { sentence } of explain(decision).rules) show(sentence)
 */
export function evaluateClaims(
  trust: CompiledTrust,
  identity: ClaimedIdentities,
  asked: DecisionRequest,
  at: number,
): ClaimsDecision {
  const actor = identity.actor && actorOf(trust, identity.actor)
  if (typeof actor === 'string') {
    return { issuer: identity.issuer, request: asked, kind: 'denied', reason: actor, trace: [] }
  }
  const request = actor === undefined ? asked : { ...asked, actor }
  return evaluateRequest(trust, identity, request, at)
}

/** The actor as a gateway knows it, or the reason why it refuses its token. */
function actorOf(
  trust: CompiledTrust,
  identity: ClaimedIdentity,
): Actor | 'actor_issuer_not_trusted' | 'actor_delegated' {
  const { claims } = identity
  const issuer = findIssuer(trust, identity)
  if (issuer === undefined) return 'actor_issuer_not_trusted'
  if (claims.act !== undefined) return 'actor_delegated'
  const subject = subjectOf(claims) ?? ''
  return { issuerName: issuer.name, issuer: issuer.url, subject, claims }
}

function evaluateRequest(
  trust: CompiledTrust,
  identity: ClaimedIdentity,
  request: DecisionRequest,
  at: number,
): ClaimsDecision {
  const base = { issuer: identity.issuer, request }
  const issuer = findIssuer(trust, identity)
  if (issuer === undefined) {
    return { ...base, kind: 'denied', reason: 'issuer_not_trusted', trace: [] }
  }
  const { claims } = identity
  const question = { issuer, claims, request, at }
  const matching = findMatching(question)
  const target = findRequested(trust, question, () => matching)
  const resource = target.kind === 'found' ? target.resource : undefined
  const asked = resource === undefined ? request : { ...request, resource: resource.uri }
  const traced = { claims, request: asked, at }
  const trace = trust.rules
    .filter((rule) => rule.from === issuer.name)
    .map(
      (rule): EffectTrace => ({
        ...traceRule(rule, traced),
        effect: rule.grant === undefined ? 'deny' : 'allow',
      }),
    )
  if (resource === undefined) {
    const reason = target.kind === 'missing' ? 'target_missing' : 'resource_unknown'
    return { ...base, kind: 'denied', reason, trace }
  }
  const matched = { ...question, subject: subjectOf(claims), matching, resource }
  const conclusion = concludeFor(trust, matched)
  if (conclusion.kind === 'granted') {
    const { rule, grant, claims: issued, scopes, lifetimeSeconds, act } = conclusion
    const isKnown = grant.subject !== undefined || !lacksSubject(claims)
    return {
      ...base,
      kind: 'granted',
      ...(conclusion.isNarrowing === true ? { isNarrowing: true } : {}),
      rule: rule.name,
      resource: resource.uri,
      subject: isKnown ? conclusion.subject : undefined,
      claims: issued,
      ...(act === undefined ? {} : { act }),
      scopes,
      lifetimeSeconds,
      ...(grant.budget === undefined ? {} : { budget: describeBudget(grant.budget) }),
      trace,
    }
  }
  if (conclusion.reason !== 'template_unrenderable') {
    return { ...base, kind: 'denied', reason: conclusion.reason, trace }
  }
  const { reason, rule, fault } = conclusion
  const told = trace.map((one) =>
    one.rule === rule.name ? { ...one, ...unrenderable(fault) } : one,
  )
  return { ...base, kind: 'denied', reason, template: fault, trace: told }
}

function describeBudget({ claim, grants, onExcess }: Budget) {
  return { claim, grants, onExcess }
}

/** Claims in a test may omit `sub`. A gateway accepts only tokens whose `sub` is a text. */
function lacksSubject(claims: JsonObject): boolean {
  return !Object.hasOwn(claims, 'sub')
}

function subjectOf(claims: JsonObject): string | undefined {
  if (lacksSubject(claims)) return ''
  const subject = readScalar(claims, ['sub'])
  return typeof subject === 'string' ? subject : undefined
}

/**
 * Finds the named issuer, unless `iss` says that the claims are not its. Claims in a test may omit
 * `iss`. Only the gateway knows its own URL.
 */
function findIssuer(
  trust: CompiledTrust,
  { issuer: name, claims }: ClaimedIdentity,
): TrustedIssuer | undefined {
  const { iss } = claims
  const issuer = listIssuers(trust).find((one) => one.name === name)
  const isOf = iss === undefined || iss === issuer?.url || issuer === trust.own?.issuer
  return isOf ? issuer : undefined
}
