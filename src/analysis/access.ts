/**
 * Two questions about a trust document: who can get a resource, and what the holder of some claims can
 * get. The answers name the rules. A deny rule that could refuse an answer is named beside it.
 */

import { type KnownClaims, tracePartly } from '../core/decisions/explain-partly.ts'
import type { CompiledTrust, Rule, TrustedIssuer } from '../core/policy/compile/compiled.ts'
import { listIssuers } from '../core/policy/compile/issuers/own-issuer.ts'
import { ACTING_AS } from '../core/policy/decide/trace.ts'
import { isJsonObject } from '../web/json.ts'
import { continueChain, findEnded, findFurther, isForChain, type Judged } from './further-access.ts'

/** What one rule gives, with its conditions as the document spells them. */
export type Access = {
  readonly rule: string
  readonly issuer: string
  readonly issuer_url: string
  readonly when: unknown
  /** Who must act for the subject, as the document spells it. */
  readonly acting_as?: unknown
  readonly condition?: string
  readonly resource: string
  readonly scopes: readonly string[]
  readonly lifetime_seconds: number
  /** If the resource issues only bound tokens. */
  readonly proof_of_possession?: 'required'
  readonly owner: string | null
  /** Epoch seconds. */
  readonly expires_at: number
}

/** A deny rule. It refuses the tokens of its issuer that match it, for every resource. */
export type Denying = {
  readonly rule: string
  readonly issuer: string
  readonly when: unknown
  readonly acting_as?: unknown
  readonly condition?: string
}

export type AccessQuestion = {
  /** The URI of a resource of the document. */
  readonly resource: string
  /** The rules that grant at least one of these; undefined: any rule for the resource. */
  readonly scopes: readonly string[] | undefined
}

export type AccessAnswer = {
  readonly rules: readonly Access[]
  /** Of the issuers of these rules. */
  readonly except: readonly Denying[]
}

/** Names the rules that grant a resource at a time (epoch seconds). */
export function findAccess(
  trust: CompiledTrust,
  document: unknown,
  { resource, scopes }: AccessQuestion,
  at: number,
): AccessAnswer {
  const describe = createDescriber(trust, document)
  const rules = trust.rules.filter(
    (rule) =>
      isInForce(rule, at) &&
      rule.grant?.resource === resource &&
      (scopes === undefined || rule.grant.scopes.some((scope) => scopes.includes(scope))),
  )
  const issuers = new Set(rules.map(({ from }) => from))
  return {
    rules: rules.flatMap((rule) => describe.access(rule, scopes)),
    except: trust.rules
      .filter((rule) => isInForce(rule, at) && rule.grant === undefined && issuers.has(rule.from))
      .map(describe.denying),
  }
}

/** What a rule gives a holder. `may`: the conditions in `unknown` could not be evaluated. */
export type Reach = Access & {
  readonly certainty: 'can' | 'may'
  readonly unknown: readonly string[]
}

export type ReachAnswer = {
  readonly rules: readonly Reach[]
  /** The deny rules that refuse this holder, or may. If one is certain, `rules` is empty. */
  readonly refused: readonly (Denying & Pick<Reach, 'certainty' | 'unknown'>)[]
  /** The rule that granted the token of this gateway, and is not in force: it gets nothing. */
  readonly ended?: string
}

/**
 * Names what the holder of some claims of an issuer can get at a time (epoch seconds), also by the
 * rules that exchange its tokens of this gateway further.
 */
export function findReach(
  trust: CompiledTrust,
  document: unknown,
  { issuer, claims }: { readonly issuer: TrustedIssuer; readonly claims: KnownClaims },
  at: number,
): ReachAnswer {
  const describe = createDescriber(trust, document)
  const judgeFrom = (name: string | undefined, known: KnownClaims) =>
    trust.rules
      .filter((rule) => rule.from === name && isInForce(rule, at))
      .flatMap((rule): readonly Judged[] => {
        const certainty = judge(rule, known, at)
        return certainty === undefined ? [] : [{ rule, certainty }]
      })
  const judged = judgeFrom(issuer.name, claims)
  const refused = judged
    .filter(({ rule }) => rule.grant === undefined)
    .map(({ rule, certainty }) => ({ ...describe.denying(rule), ...certainty }))
  if (issuer.isClosed || refused.some(({ certainty }) => certainty === 'can')) {
    return { rules: [], refused }
  }
  const { own } = trust
  const ended =
    issuer === own?.issuer
      ? findEnded(trust, claims.claims, (rule) => isInForce(rule, at))
      : undefined
  if (ended !== undefined) return { rules: [], refused, ended }
  const chain =
    issuer === own?.issuer
      ? continueChain(claims.claims)
      : { origin: { iss: issuer.url, sub: claims.claims.sub }, left: [], acts: false }
  const reached = judged.filter(({ rule }) => isForChain(trust, chain, rule))
  const further = findFurther(trust, chain, reached, (known) => judgeFrom(own?.issuer.name, known))
  const rules = [...reached, ...further].flatMap(({ rule, certainty }) =>
    describe.access(rule, undefined).map((access) => ({ ...access, ...certainty })),
  )
  return { rules, refused }
}

/** Returns undefined if the rule certainly does not match. */
function judge(rule: Rule, claims: KnownClaims, at: number): Judged['certainty'] | undefined {
  const request = { resource: rule.grant?.resource, scopes: undefined, rule: undefined }
  // The question is about the subject: who could act for it is not known here.
  const traced = tracePartly({ ...rule, actingAs: undefined }, claims, request, at)
  const { trace } = traced
  const unknown = rule.actingAs === undefined ? traced.unknown : [...traced.unknown, ACTING_AS]
  const isCertain = traced.isCertain && rule.actingAs === undefined
  // No connection is known here, so an expression about it can hold or not.
  if (rule.expression !== undefined && /\brequest\b/.test(rule.expression.source)) {
    const missed = trace.conditions.filter(({ holds, claim }) => !holds && claim !== 'condition')
    if (missed.length > 0) return undefined
    return { certainty: 'may', unknown: [...new Set([...unknown, 'condition'])] }
  }
  if (trace.outcome !== 'matched' && trace.outcome !== 'denied') return undefined
  return { certainty: isCertain ? 'can' : 'may', unknown }
}

export function isInForce({ mode, expiresAt }: Rule, at: number): boolean {
  return mode === 'enforce' && expiresAt > at
}

function createDescriber(trust: CompiledTrust, document: unknown) {
  const issuers = new Map(listIssuers(trust).map((issuer) => [issuer.name, issuer]))
  const sources = new Map(listSources(document).map((source) => [source.name, source]))
  const demands = new Map(
    [...trust.resources.values()].map((one) => [one.uri, one.proofOfPossession]),
  )
  const conditionOf = ({ expression }: Rule) =>
    expression === undefined ? {} : { condition: expression.source }
  const isDemanded = (uri: string) => demands.get(uri) === 'required'
  const whenOf = ({ name }: Rule) => sources.get(name)?.when ?? null
  const actorOf = ({ name, actingAs }: Rule) =>
    actingAs === undefined ? {} : { acting_as: sources.get(name)?.acting_as ?? null }
  return {
    access(rule: Rule, scopes: readonly string[] | undefined): readonly Access[] {
      const { grant } = rule
      if (grant === undefined) return []
      return [
        {
          rule: rule.name,
          issuer: rule.from,
          issuer_url: issuers.get(rule.from)?.url ?? '',
          when: whenOf(rule),
          ...actorOf(rule),
          ...conditionOf(rule),
          resource: grant.resource,
          scopes: grant.scopes.filter((scope) => scopes?.includes(scope) ?? true),
          lifetime_seconds: grant.lifetimeSeconds,
          ...(isDemanded(grant.resource) ? { proof_of_possession: 'required' } : {}),
          owner: rule.owner ?? null,
          expires_at: rule.expiresAt,
        },
      ]
    },
    denying: (rule: Rule): Denying => ({
      rule: rule.name,
      issuer: rule.from,
      when: whenOf(rule),
      ...actorOf(rule),
      ...conditionOf(rule),
    }),
  }
}

function listSources(
  document: unknown,
): readonly { readonly name: string; readonly when?: unknown; readonly acting_as?: unknown }[] {
  const rules: unknown = isJsonObject(document) ? document.rules : []
  if (!Array.isArray(rules)) return []
  return rules.filter((rule) => isJsonObject(rule) && typeof rule.name === 'string')
}
