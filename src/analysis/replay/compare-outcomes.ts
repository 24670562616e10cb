/** What two documents decide about one case: who gains, who loses, and what else differs. */
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import { contentOf } from '../diff/compare-rules.ts'
import type { GrantedOutcome, Outcome } from './outcome.ts'

/** A grant, without what only the gateway needs. */
type ReplayedGrant = {
  readonly rule: string
  readonly scopes: readonly string[]
  readonly lifetime_seconds: number
  /** The `sub` of the token; absent if the record lacks a claim for it. */
  readonly subject?: string
}
/** A result of one document: a grant, or the reason of a denial. */
export type ReplayedResult = { readonly granted: ReplayedGrant } | { readonly denied: string }

export type Difference = {
  readonly resource: string | undefined
  readonly before: ReplayedResult
  readonly after: ReplayedResult
  readonly gains: boolean
  readonly loses: boolean
}

/** Undefined: both documents give the same token, or none. */
export type Comparison =
  | { readonly kind: 'exact'; readonly difference: Difference | undefined }
  | { readonly kind: 'inexact'; readonly missing: readonly string[] }

/** `isOfRecord`: the record was made by the document of `before`, so it tells what rendered. */
export function compareOutcomes(
  before: Outcome,
  after: Outcome,
  record: DecisionRecord,
  isOfRecord: boolean,
): Comparison {
  if (before.kind === 'unknown' || after.kind === 'unknown') {
    const missing = [before, after].flatMap((one) => (one.kind === 'unknown' ? one.missing : []))
    return { kind: 'inexact', missing }
  }
  if (before.kind === 'denied' && after.kind === 'denied') {
    return { kind: 'exact', difference: undefined }
  }
  const isProven =
    isOfRecord &&
    before.kind === 'granted' &&
    record.outcome === 'granted' &&
    record.rule === before.rule
  const isAlike =
    before.kind === 'granted' && after.kind === 'granted' && rendersAlike(before, after)
  const open = [
    // Both render, or neither does.
    ...(isProven || isAlike ? [] : missingOf(before)),
    ...(isAlike ? [] : missingOf(after)),
  ]
  if (open.length > 0) return { kind: 'inexact', missing: open }
  return { kind: 'exact', difference: differ(before, after) }
}

function missingOf(outcome: Outcome): readonly string[] {
  return outcome.kind === 'denied' ? [] : outcome.missing
}

function rendersAlike(before: GrantedOutcome, after: GrantedOutcome): boolean {
  const formOf = ({ grant, resource: { preset, typ, trustDomain } }: GrantedOutcome) =>
    JSON.stringify([contentOf(grant), grant.areClaimsMeasured, preset, typ, trustDomain])
  return before.grant === after.grant || formOf(before) === formOf(after)
}

type Decided = Exclude<Outcome, { kind: 'unknown' }>

function differ(before: Decided, after: Decided): Difference | undefined {
  const [old, young] = [scopesOf(before), scopesOf(after)]
  const loses = old.some((scope) => !young.includes(scope))
  const gains = young.some((scope) => !old.includes(scope))
  if (!loses && !gains && isSameToken(before, after)) return undefined
  const granted = after.kind === 'granted' ? after : before.kind === 'granted' ? before : undefined
  return {
    resource: granted?.resource.uri,
    before: describe(before),
    after: describe(after),
    gains,
    loses,
  }
}

function scopesOf(outcome: Decided): readonly string[] {
  return outcome.kind === 'granted' ? outcome.scopes : []
}

function isSameToken(before: Decided, after: Decided): boolean {
  if (before.kind === 'denied' || after.kind === 'denied') return false
  const isSameContent =
    before.content === undefined || after.content === undefined
      ? rendersAlike(before, after)
      : JSON.stringify(before.content) === JSON.stringify(after.content)
  return (
    before.rule === after.rule &&
    before.resource.uri === after.resource.uri &&
    before.lifetimeSeconds === after.lifetimeSeconds &&
    before.grant.replay === after.grant.replay &&
    isSameContent
  )
}

function describe(outcome: Decided): ReplayedResult {
  if (outcome.kind === 'denied') return { denied: outcome.reason }
  const { rule, scopes, lifetimeSeconds, content } = outcome
  return {
    granted: {
      ...{ rule, scopes, lifetime_seconds: lifetimeSeconds },
      ...(content === undefined ? {} : { subject: content.subject }),
    },
  }
}
