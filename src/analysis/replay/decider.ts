/** Decides recorded cases by one document, with the evaluator of the gateway. */
import { createKnown } from '../../core/decisions/known-claims.ts'
import type { CompiledTrust, TrustedIssuer } from '../../core/policy/compile/compiled.ts'
import { OWN_ISSUER } from '../../core/policy/compile/issuers/own-name.ts'
import type { Actor, DecisionRequest } from '../../core/policy/decide/decision-request.ts'
import { concludeFor, findMatching } from '../../core/policy/decide/evaluate.ts'
import { findRequested } from '../../core/policy/decide/find-target.ts'
import { decidePartly } from './decide-partly.ts'
import type { FindEvidence } from './evidence.ts'
import { createPartialMatcher } from './match-partly.ts'
import { deny, type Outcome, outcomeOf, unknown } from './outcome.ts'
import type { RecordedCase } from './recorded-case.ts'
import type { RenameClaims } from './renamed.ts'

export type Decide = (recorded: RecordedCase) => Outcome

/** Returns the issuer whose tokens these were, by its URL. Its name may have changed since. */
export function findIssuerOf(
  { issuers, own }: CompiledTrust,
  { record }: RecordedCase,
): TrustedIssuer | undefined {
  const declared = issuers.get(record.issuer_url ?? '')
  if (declared !== undefined || record.issuer !== OWN_ISSUER) return declared
  return own?.issuer
}

/** The actor of the case. The name of its issuer may have changed since. */
function findActor(
  { issuers, own }: CompiledTrust,
  { actor }: DecisionRequest,
  renameClaims: RenameClaims,
): Actor | 'unknown' | undefined {
  if (actor === undefined) return undefined
  const isOwn = actor.issuerName === OWN_ISSUER
  const issuer = isOwn ? own?.issuer : issuers.get(actor.issuer)
  if (issuer === undefined) return 'unknown'
  const claims = isOwn ? renameClaims(actor.claims) : actor.claims
  return { ...actor, issuerName: issuer.name, claims }
}

/** `at`: epoch seconds. `trust` is undefined if there is no document. */
export function createDecider(
  trust: CompiledTrust | undefined,
  findEvidence: FindEvidence,
  at: number,
  renameClaims: RenameClaims = (claims) => claims,
): Decide {
  if (trust === undefined) return () => deny('issuer_not_trusted')
  const matchers = new Map<TrustedIssuer, ReturnType<typeof createPartialMatcher>>()
  return (recorded) => {
    const issuer = findIssuerOf(trust, recorded)
    if (issuer === undefined) return deny('issuer_not_trusted')
    // One of its deny rules cannot be read, so the gateway refuses its tokens.
    if (issuer.isClosed) return deny('issuer_closed')
    const isOwn = issuer === trust.own?.issuer
    const actor = findActor(trust, recorded.request, renameClaims)
    if (actor === 'unknown') return deny('actor_issuer_not_trusted')
    if (recorded.isWhole) {
      const request = { ...recorded.request, actor }
      const claims = isOwn ? renameClaims(recorded.claims) : recorded.claims
      const asked = { ...recorded, request, claims }
      return decideWhole(trust, issuer, asked, isOwn ? timeOf(recorded) : at)
    }
    // What such a token may have depends on all of its claims, and so does who may act for it.
    if (actor !== undefined) return unknown(['a claim of a token with an actor'])
    if (isOwn) return unknown(['a claim of a token of this gateway'])
    const matcher = matchers.get(issuer) ?? createPartialMatcher(trust, issuer, at)
    matchers.set(issuer, matcher)
    const isKnown = createKnown(recorded.record, issuer.profile)
    const match = matcher(recorded.claims, isKnown)
    return decidePartly(recorded, match, findEvidence, { trust, issuer, isKnown, at })
  }
}

/** Tokens of this gateway are short-lived, so they are judged at the time of their exchange. */
function timeOf({ record }: RecordedCase): number {
  return Math.floor(record.at / 1000)
}

function decideWhole(
  trust: CompiledTrust,
  issuer: TrustedIssuer,
  { claims, request, record }: RecordedCase,
  at: number,
): Outcome {
  const question = { issuer, claims, request, at }
  const matching = findMatching(question)
  const target = findRequested(trust, question, () => matching)
  if (target.kind !== 'found') {
    return deny(target.kind === 'missing' ? 'target_missing' : 'resource_unknown')
  }
  const { resource } = target
  const { subject, id: decisionId } = record
  const matched = { ...question, subject, decisionId, matching, resource }
  return outcomeOf(concludeFor(trust, matched), resource)
}
