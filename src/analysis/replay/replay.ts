/**
 * Runs recorded decisions through the document in force and a proposed one, and tells who gains and who
 * loses. A decision whose record lacks what one of them reads is counted apart and never guessed. Both
 * decide as of one time, so that rules that ended since do not count as a loss.
 */
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import type { CompiledTrust } from '../../core/policy/compile/compiled.ts'
import { compareIssuers } from '../diff/compare-rules.ts'
import { demandProof } from './beyond-rules.ts'
import { type Comparison, compareOutcomes, type Difference } from './compare-outcomes.ts'
import { createDecider, findIssuerOf } from './decider.ts'
import { createEvidence } from './evidence.ts'
import { createGroups, type IdentityList } from './groups.ts'
import { createMemory } from './memory.ts'
import { type RecordedCase, readCase, type SkipReason } from './recorded-case.ts'
import { createRenaming } from './renamed.ts'

export type ReplayOptions = {
  /** Undefined if there is no document yet. */
  readonly inForce: CompiledTrust | undefined
  readonly proposed: CompiledTrust
  /** The revision of `inForce`. */
  readonly revision: number
  readonly gatewayIssuer: string
  /** Epoch seconds. */
  readonly at: number
}

export type ReplayReport = {
  /** All decisions that were read. */
  readonly decisions: number
  /** Those that both documents decide for certain. */
  readonly replayed: number
  /** Those that no document can decide from the record, and what their records lack. */
  readonly inexact: {
    readonly decisions: number
    /** Decisions by the name of what is missing: a claim, or a part of the request. */
    readonly missing: Readonly<Record<string, number>>
  }
  readonly skipped: {
    /** Decided by the deploy-time policy, which no document changes. */
    readonly admin: number
    /** Ended before a rule was read, such as tokens of an issuer that is not trusted. */
    readonly unverified: number
  }
  readonly gains: IdentityList
  readonly loses: IdentityList
  /** The same scopes, by another rule or for another time, or with another content. */
  readonly changes: IdentityList
}

export type Replay = {
  readonly add: (record: DecisionRecord) => void
  readonly report: () => ReplayReport
}

/** Decisions can be added in any order. Pure: the same decisions give the same report. */
export function createReplay(options: ReplayOptions): Replay {
  const { inForce, proposed, revision, gatewayIssuer, at } = options
  const findEvidence = createEvidence(inForce, revision)
  const [decideBefore, decideAfter] = [
    createDecider(inForce, findEvidence, at),
    createDecider(proposed, findEvidence, at, createRenaming(inForce, proposed)),
  ]
  const findGap = createGapCheck(options)
  const [gains, loses, changes] = [createGroups(), createGroups(), createGroups()]
  const missing = new Map<string, number>()
  const skipped = { admin: 0, unverified: 0 }
  let [decisions, replayed, inexact] = [0, 0, 0]

  function countInexact(names: readonly string[]): void {
    inexact += 1
    for (const name of new Set(names)) missing.set(name, (missing.get(name) ?? 0) + 1)
  }

  function evaluate(record: DecisionRecord): Comparison | SkipReason {
    const recorded = readCase(record, gatewayIssuer)
    if (typeof recorded === 'string') return recorded
    const gap = findGap(recorded)
    if (gap !== undefined) return { kind: 'inexact', missing: [gap] }
    const isOfRecord = record.revision === revision
    const before = demandProof(decideBefore(recorded), record)
    const after = demandProof(decideAfter(recorded), record)
    return compareOutcomes(before, after, record, isOfRecord)
  }
  const evaluateOnce = createMemory([inForce, proposed], evaluate)

  function add(record: DecisionRecord): void {
    decisions += 1
    const result = evaluateOnce(record)
    if (typeof result === 'string') {
      skipped[result] += 1
    } else if (result.kind === 'inexact') {
      countInexact(result.missing)
    } else {
      replayed += 1
      if (result.difference !== undefined) list(record, result.difference)
    }
  }

  function list(record: DecisionRecord, difference: Difference): void {
    if (difference.loses) loses.add(record, difference)
    if (difference.gains) gains.add(record, difference)
    if (!difference.loses && !difference.gains) changes.add(record, difference)
  }

  return {
    add,
    report: () => ({
      decisions,
      replayed,
      inexact: {
        decisions: inexact,
        missing: Object.fromEntries([...missing].sort(([, left], [, right]) => right - left)),
      },
      skipped: { ...skipped },
      gains: gains.list(),
      loses: loses.list(),
      changes: changes.list(),
    }),
  }
}

/**
 * Returns a check for what no evaluation can know: the verification of the token by an issuer that
 * changes, and names in the request that the document of the record did not have.
 */
function createGapCheck({ inForce, proposed, revision }: ReplayOptions) {
  const changed = new Set(
    [...proposed.issuers.values()].flatMap((issuer) => {
      const old = inForce?.issuers.get(issuer.url)
      // What it has verified, it still verifies.
      const isKept = old === undefined || compareIssuers(old, issuer).keepsAll
      return isKept ? [] : [issuer]
    }),
  )
  const hasNewTarget = [...proposed.targets.keys()].some((name) => !inForce?.targets.has(name))
  const scopesOf = (trust: CompiledTrust | undefined) =>
    new Set(
      [...(trust?.resources.values() ?? [])].flatMap(({ uri, scopes }) =>
        [...scopes].map((scope) => `${scope} ${uri}`),
      ),
    )
  const old = scopesOf(inForce)
  const hasNewScope = [...scopesOf(proposed)].some((scope) => !old.has(scope))

  return (recorded: RecordedCase): string | undefined => {
    const { record } = recorded
    const { asked, omitted = [] } = record
    if (omitted.includes('asked')) return 'the request'
    const lacks = (name: 'resource' | 'scopes' | 'rule') => asked?.unknown?.includes(name) === true
    const isOther = record.revision !== revision
    if (lacks('rule')) return 'the rule of the request'
    if (lacks('resource') && (isOther || hasNewTarget)) return 'the resource of the request'
    if (lacks('scopes') && (isOther || hasNewTarget || hasNewScope)) return 'a scope of the request'
    const issuer = findIssuerOf(proposed, recorded)
    const isChanged = issuer !== undefined && changed.has(issuer)
    return isChanged ? `the verification by the issuer ${issuer.name}, which changes` : undefined
  }
}
