/**
 * Decides a case of which the record lacks claims. The result is known only if no missing claim can
 * change it.
 */
import type {
  CompiledTrust,
  Grant,
  Resource,
  Rule,
  TrustedIssuer,
} from '../../core/policy/compile/compiled.ts'
import type { Conclusion } from '../../core/policy/decide/conclude.ts'
import type { DecisionRequest } from '../../core/policy/decide/decision-request.ts'
import { concludeFor } from '../../core/policy/decide/evaluate.ts'
import { findRequested } from '../../core/policy/decide/find-target.ts'
import { coversScopes, wantedScopes } from '../../core/policy/decide/wanted-scopes.ts'
import { listTemplates } from '../../core/policy/language/claim-tree.ts'
import type { FindEvidence } from './evidence.ts'
import type { IsKnown, PartialMatch, PossibleRule } from './match-partly.ts'
import { deny, type Outcome, outcomeOf, unknown } from './outcome.ts'
import type { RecordedCase } from './recorded-case.ts'

type Partial = {
  readonly trust: CompiledTrust
  readonly issuer: TrustedIssuer
  readonly isKnown: IsKnown
  /** Epoch seconds. */
  readonly at: number
}

export function decidePartly(
  recorded: RecordedCase,
  match: PartialMatch,
  findEvidence: FindEvidence,
  { trust, issuer, isKnown, at }: Partial,
): Outcome {
  const { claims, request, record } = recorded
  const { certain, possible } = useEvidence(match, recorded, isKnown, findEvidence)
  const mayGrant = ({ grant, mode, name }: Rule) =>
    grant !== undefined &&
    mode === 'enforce' &&
    (request.rule === undefined || request.rule === name)
  const couldAllow = possible.filter(({ rule }) => mayGrant(rule))
  if (request.resource === undefined) {
    const granted = new Set(certain.filter(mayGrant).map(({ grant }) => grant?.resource))
    const others = couldAllow.filter(({ rule }) => !granted.has(rule.grant?.resource))
    if (others.length > 0) return unknown(missingOf(others))
  }
  const question = { issuer, claims, request, at }
  const target = findRequested(trust, question, () => certain)
  if (target.kind !== 'found') {
    return deny(target.kind === 'missing' ? 'target_missing' : 'resource_unknown')
  }
  const { resource } = target
  const { subject, id: decisionId } = record
  const matched = { ...question, subject, decisionId, matching: certain, resource }
  const conclusion = concludeFor(trust, matched)
  if (conclusion.kind === 'denied' && conclusion.reason === 'rule_denied') {
    return deny(conclusion.reason)
  }
  const rivals = couldAllow.filter(
    ({ rule: { grant } }) =>
      grant !== undefined && grant.resource === resource.uri && coversScopes(grant, request),
  )
  const decided = 'rule' in conclusion ? conclusion.rule : undefined
  const earlier = rivals.filter(
    ({ rule }) => decided === undefined || rule.position < decided.position,
  )
  const couldDeny = possible.filter(
    ({ rule }) => rule.grant === undefined && rule.mode === 'enforce',
  )
  if (decided === undefined) {
    return earlier.length > 0 ? unknown(missingOf(earlier)) : outcomeOf(conclusion, resource)
  }
  const open = [...earlier, ...couldDeny]
  if (open.length > 0) return unknown(missingOf(open))
  return rendered(conclusion, decided, resource, request, isKnown)
}

function useEvidence(
  { certain, possible }: PartialMatch,
  recorded: RecordedCase,
  isKnown: IsKnown,
  findEvidence: FindEvidence,
): PartialMatch {
  if (possible.length === 0) return { certain, possible }
  const proven: Rule[] = []
  const open = possible.filter(({ rule }) => {
    const verdict = findEvidence(rule, recorded, isKnown)
    if (verdict === true) proven.push(rule)
    return verdict === undefined
  })
  if (proven.length === 0) return { certain, possible: open }
  const sorted = [...certain, ...proven].sort((left, right) => left.position - right.position)
  return { certain: sorted, possible: open }
}

/** A template of an unknown claim renders to an unknown text, or not at all. */
function rendered(
  conclusion: Conclusion,
  { name, grant }: Rule,
  resource: Resource,
  request: DecisionRequest,
  isKnown: IsKnown,
): Outcome {
  const missing = grant === undefined ? [] : missingInTemplates(grant, isKnown)
  if (grant === undefined || missing.length === 0) return outcomeOf(conclusion, resource)
  return {
    kind: 'granted',
    rule: name,
    ...{ grant, resource, missing, content: undefined },
    scopes: wantedScopes(grant, request),
    lifetimeSeconds: Math.min(
      request.lifetimeSeconds ?? Number.POSITIVE_INFINITY,
      grant.lifetimeSeconds,
      resource.maxLifetimeSeconds,
    ),
  }
}

/** The id of the job that a budget counts must be there too. */
function missingInTemplates(
  { subject, claims, budget }: Grant,
  isKnown: IsKnown,
): readonly string[] {
  const templates = [
    ...(subject === undefined ? [] : [subject]),
    ...listTemplates(claims).map(({ template }) => template),
  ]
  const parts = templates.flatMap((template) => template.parts)
  const names = parts.flatMap((part) =>
    part.kind === 'claim' && !isKnown(part.path) ? [part.claim] : [],
  )
  if (budget !== undefined && !isKnown(budget.path)) names.push(budget.claim)
  return [...new Set(names)]
}

function missingOf(rules: readonly PossibleRule[]): readonly string[] {
  return rules.flatMap(({ missing }) => missing)
}
