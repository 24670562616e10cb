/**
 * Concludes from the rules that match: a rendered grant, or the reason of a denial. The gateway and
 * the tools share it.
 */

import type { UnrenderableTemplate } from '../../../protocol/template-fault.ts'
import type { ActorClaim } from '../../../protocol/token.ts'
import type { JsonObject } from '../../../web/json.ts'
import type { Grant, Resource, Rule, TrustedIssuer } from '../compile/compiled.ts'
import type { DecisionRequest } from './decision-request.ts'
import { type RenderedFor, type RenderedGrant, renderGrant } from './render-grant.ts'
import { coversScopes, wantedScopes } from './wanted-scopes.ts'

/** The content of a token that a rule grants. */
export type GrantedToken = RenderedGrant & {
  /** Who acts for the subject. Absent if the subject acts for itself. */
  readonly act?: ActorClaim | undefined
  readonly scopes: readonly string[]
  readonly lifetimeSeconds: number
}

type Choice =
  | { readonly kind: 'granted'; readonly rule: Rule; readonly grant: Grant }
  | { readonly kind: 'denied'; readonly reason: 'rule_denied'; readonly rule: Rule }
  | { readonly kind: 'denied'; readonly reason: 'scope_not_granted' | 'no_rule_matched' }

/** The outcome of the rules: a rendered grant, or the reason of the denial. */
export type Conclusion =
  | (GrantedToken & {
      readonly kind: 'granted'
      readonly rule: Rule
      readonly grant: Grant
      /** A narrower token for the same resource. `rule` is the one that granted the wider token. */
      readonly isNarrowing?: true
    })
  | Extract<Choice, { kind: 'denied' }>
  | OwnDenial
  | ActorDenial
  | {
      readonly kind: 'denied'
      readonly reason: 'template_unrenderable'
      readonly rule: Rule
      readonly fault: UnrenderableTemplate
    }

/** Denials that concern only tokens of this gateway: see `narrow.ts`. */
type OwnDenial = { readonly kind: 'denied' } & (
  | { readonly reason: 'token_expired'; readonly exp: number; readonly now: number }
  /** The rule that granted the token or an ancestor. */
  | { readonly reason: 'granting_rule_ended'; readonly name: string }
  | { readonly reason: 'resource_left' }
)

/** Denials that concern only requests with an actor: see `acting.ts`. */
export type ActorDenial = { readonly kind: 'denied' } & (
  | { readonly reason: 'actor_not_named' }
  | { readonly reason: 'actor_chain_too_long'; readonly length: number; readonly limit: number }
)

/** What the rules of an issuer are asked: the request of a holder of these claims, at one moment. */
export type RuleQuestion = {
  readonly issuer: TrustedIssuer
  readonly claims: JsonObject
  readonly request: DecisionRequest
  /** Epoch seconds. */
  readonly at: number
}

/** A question whose resource and matching rules are known, and whose token is rendered. */
export type MatchedQuestion = RuleQuestion &
  Omit<RenderedFor, 'issuerName'> & {
    /** Every unexpired rule of the issuer whose conditions hold, in document order. */
    readonly matching: readonly Rule[]
    readonly resource: Resource
  }

/**
 * The part of a decision by rules that is the same for verified and for claimed identities.
 * `issuerName` is the prefix of the default subject: see `RenderedFor`.
 */
export function conclude(
  question: MatchedQuestion,
  issuerName: RenderedFor['issuerName'],
): Conclusion {
  const { subject, claims, decisionId, matching, resource, request } = question
  const choice = choose(matching, resource, request)
  if (choice.kind === 'denied') return choice
  const { rule, grant } = choice
  const rendered = renderGrant(grant, { issuerName, subject, claims, decisionId }, resource)
  if (!rendered.ok) {
    return { kind: 'denied', reason: 'template_unrenderable', rule, fault: rendered.error }
  }
  return {
    ...choice,
    ...rendered.value,
    scopes: wantedScopes(grant, request),
    lifetimeSeconds: Math.min(
      request.lifetimeSeconds ?? Number.POSITIVE_INFINITY,
      grant.lifetimeSeconds,
      resource.maxLifetimeSeconds,
    ),
  }
}

/** Chooses the one rule that decides. */
function choose(matching: readonly Rule[], resource: Resource, request: DecisionRequest): Choice {
  let granting: Choice | undefined
  let isScopeShort = false
  for (const rule of matching) {
    const { grant } = rule
    if (rule.mode === 'observe') continue
    if (grant === undefined) return { kind: 'denied', reason: 'rule_denied', rule }
    if (granting !== undefined || grant.resource !== resource.uri) continue
    if (request.rule !== undefined && request.rule !== rule.name) continue
    if (coversScopes(grant, request)) granting = { kind: 'granted', rule, grant }
    else isScopeShort = true
  }
  if (granting !== undefined) return granting
  return { kind: 'denied', reason: isScopeShort ? 'scope_not_granted' : 'no_rule_matched' }
}
