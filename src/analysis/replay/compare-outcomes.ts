/** What two documents decide about one case: who gains, who loses, and what else differs. */
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import type { ReplayMode } from '../../core/policy/compile/compiled.ts'
import { contentOf } from '../diff/compare-rules.ts'
import { isGrantedByRules, limitUse } from './beyond-rules.ts'
import type { Decided, GrantedOutcome, Outcome } from './outcome.ts'

/** A grant, without what only the gateway needs. */
type ReplayedGrant = {
  readonly rule: string
  readonly scopes: readonly string[]
  readonly lifetime_seconds: number
  /** The `sub` of the token; absent if the record lacks a claim for it. */
  readonly subject?: string
  /** How often the subject token may be exchanged, if that differs. */
  readonly replay?: ReplayMode
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
  if (before.kind === 'unknown' || after.kind === 'unknown') return inexact(before, after)
  if (before.kind === 'denied' && after.kind === 'denied') {
    return { kind: 'exact', difference: undefined }
  }
  const isProven =
    isOfRecord &&
    before.kind === 'granted' &&
    isGrantedByRules(record) &&
    record.rule === before.rule
  const isAlike =
    before.kind === 'granted' && after.kind === 'granted' && rendersAlike(before, after)
  const open = [
    // Both render, or neither does.
    ...(isProven || isAlike ? [] : missingOf(before)),
    ...(isAlike ? [] : missingOf(after)),
  ]
  if (open.length > 0) return { kind: 'inexact', missing: open }
  const [old, young] = [limitUse(before, record), limitUse(after, record)]
  if (old.kind === 'unknown' || young.kind === 'unknown') return inexact(old, young)
  return { kind: 'exact', difference: differ(old, young) }
}

function inexact(...outcomes: readonly Outcome[]): Comparison {
  const missing = outcomes.flatMap((one) => (one.kind === 'unknown' ? one.missing : []))
  return { kind: 'inexact', missing }
}

function missingOf(outcome: Outcome): readonly string[] {
  return outcome.kind === 'denied' ? [] : outcome.missing
}

/** Whether both render, or neither does. */
function rendersAlike(before: GrantedOutcome, after: GrantedOutcome): boolean {
  const jobOf = ({ grant }: GrantedOutcome) => JSON.stringify(grant.budget?.path)
  return hasSameContent(before, after) && jobOf(before) === jobOf(after)
}

function hasSameContent(before: GrantedOutcome, after: GrantedOutcome): boolean {
  const formOf = ({ grant, resource: { preset, typ, trustDomain } }: GrantedOutcome) =>
    JSON.stringify([contentOf(grant), grant.areClaimsMeasured, preset, typ, trustDomain])
  return before.grant === after.grant || formOf(before) === formOf(after)
}

function differ(before: Decided, after: Decided): Difference | undefined {
  const [old, young] = [scopesOf(before), scopesOf(after)]
  const loses = old.some((scope) => !young.includes(scope))
  const gains = young.some((scope) => !old.includes(scope))
  const isSame =
    before.kind === 'granted' && after.kind === 'granted'
      ? isSameToken(before, after)
      : before.kind === after.kind
  if (!loses && !gains && isSame) return undefined
  const granted = after.kind === 'granted' ? after : before.kind === 'granted' ? before : undefined
  return {
    resource: granted?.resource.uri,
    before: describe(before, after),
    after: describe(after, before),
    gains,
    loses,
  }
}

function scopesOf(outcome: Decided): readonly string[] {
  return outcome.kind === 'granted' ? outcome.scopes : []
}

function isSameToken(before: GrantedOutcome, after: GrantedOutcome): boolean {
  const isSameContent =
    before.content === undefined || after.content === undefined
      ? hasSameContent(before, after)
      : JSON.stringify(before.content) === JSON.stringify(after.content)
  return (
    before.rule === after.rule &&
    before.resource.uri === after.resource.uri &&
    before.lifetimeSeconds === after.lifetimeSeconds &&
    before.grant.replay === after.grant.replay &&
    isSameContent
  )
}

function describe(outcome: Decided, other: Decided): ReplayedResult {
  if (outcome.kind === 'denied') return { denied: outcome.reason }
  const { rule, scopes, lifetimeSeconds, content, grant } = outcome
  const isSameReplay = other.kind === 'denied' || other.grant.replay === grant.replay
  return {
    granted: {
      ...{ rule, scopes, lifetime_seconds: lifetimeSeconds },
      ...(content === undefined ? {} : { subject: content.subject }),
      ...(isSameReplay ? {} : { replay: grant.replay }),
    },
  }
}
