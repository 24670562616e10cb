/** Reads granted decisions of a gateway, the newest first, up to a number. */

import type { Question } from '../../analysis/in-house.ts'
import { MAX_PAGE_RECORDS } from '../../contract/decisions/query.ts'
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import { findDecisions } from '../decisions/decisions-api.ts'
import { addMissing, NOTHING_MISSING } from '../decisions/missing.ts'
import type { AdminAccess } from '../trust/admin-api.ts'

/**
 * `complete` is false if older decisions match too. `keep` returns what is kept of each, because many
 * whole records do not fit into memory.
 */
export async function findGrants<Kept>(
  access: AdminAccess,
  filters: Question,
  limit: number,
  keep: (decision: DecisionRecord) => Kept,
) {
  const decisions: Kept[] = []
  let cursor: string | undefined
  let missing = NOTHING_MISSING
  do {
    const size = Math.min(MAX_PAGE_RECORDS, limit - decisions.length)
    const continued: Question = cursor === undefined ? [] : [['cursor', cursor]]
    const page = await findDecisions(access, [
      ...filters,
      ['outcome', 'granted'],
      ['limit', String(size)],
      ...continued,
    ])
    for (const decision of page.decisions) decisions.push(keep(decision))
    cursor = page.next
    missing = addMissing(missing, page.missing)
  } while (cursor !== undefined && decisions.length < limit)
  return { decisions, complete: cursor === undefined, missing }
}
