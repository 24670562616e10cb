/** The list of decisions while newer and older ones arrive. */
import type { DecisionPage } from '../../../contract/decisions/answers.ts'
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

type Followed = {
  readonly decisions: readonly DecisionRecord[]
  readonly added: number
  /** Decisions are missing between those of the list, or at its end. */
  readonly isCut: boolean
}

/**
 * Adds the newest decisions to a list that follows, and drops its oldest ones. If the page has not all
 * decisions since the question began, such as after the tab was hidden, those of before are dropped
 * unless the page reaches them.
 */
export function addFollowed(
  known: readonly DecisionRecord[],
  page: Pick<DecisionPage, 'decisions' | 'complete'>,
): Followed {
  const merged = mergeDecisions(known, page.decisions)
  const isApart = !page.complete && merged.added > 0 && merged.added === page.decisions.length
  const found = isApart ? page.decisions : merged.decisions
  const decisions = found.length > MAX_FOLLOWED ? found.slice(0, MAX_FOLLOWED) : found
  const isCut = !page.complete || decisions.length < merged.decisions.length
  return { decisions, added: merged.added, isCut }
}

/** The `from` of the next question, in epoch seconds: some time before the newest known decision. */
export function followFrom(newestAt: number | undefined, startedAt: number): number {
  return Math.floor(Math.max(0, (newestAt ?? startedAt) - OVERLAP_MILLISECONDS) / 1000)
}
