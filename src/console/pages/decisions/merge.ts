/** The list of decisions while newer and older ones arrive. */
import type { DecisionRecord } from '../../../contract/decisions/record.ts'

/** A page that follows for hours keeps this many. */
const MAX_FOLLOWED = 1000
/** Decisions arrive up to seconds after they were made, and not in their order. */
const OVERLAP_MILLISECONDS = 15_000

/** Adds decisions that are not in the list. The newest comes first. */
export function mergeDecisions(
  known: readonly DecisionRecord[],
  arrived: readonly DecisionRecord[],
): { readonly decisions: readonly DecisionRecord[]; readonly added: number } {
  const ids = new Set(known.map(({ id }) => id))
  const added = arrived.filter(({ id }) => !ids.has(id))
  if (added.length === 0) return { decisions: known, added: 0 }
  const decisions = [...added, ...known].toSorted(
    (left, right) => right.at - left.at || (left.id < right.id ? 1 : -1),
  )
  return { decisions, added: added.length }
}

/** Drops the oldest decisions of a list that grew while it followed. */
export function limitFollowed(decisions: readonly DecisionRecord[]): readonly DecisionRecord[] {
  return decisions.length > MAX_FOLLOWED ? decisions.slice(0, MAX_FOLLOWED) : decisions
}

/** The `from` of the next question, in epoch seconds: some time before the newest known decision. */
export function followFrom(newestAt: number | undefined, startedAt: number): number {
  return Math.floor(Math.max(0, (newestAt ?? startedAt) - OVERLAP_MILLISECONDS) / 1000)
}
