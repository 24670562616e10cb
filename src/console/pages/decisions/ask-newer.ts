/** Asks for what a list that follows does not have yet. */
import type { DecisionPage } from '../../../contract/decisions/answers.ts'
import type { Result } from '../../../web/result.ts'
import type { ApiFailure } from '../../api/failure.ts'
import { followFrom } from './merge.ts'

type Answer = Result<DecisionPage, ApiFailure>

const FOLLOW_PAGE = '500'

/**
 * Returns the decisions since shortly before the newest known one, in epoch milliseconds. If the clock of
 * the gateway is behind that time, such as after it was set back, returns its newest decisions.
 */
export async function askNewer(
  search: (more: Readonly<Record<string, string>>) => Promise<Answer>,
  newestAt: number | undefined,
  startedAt: number,
): Promise<Answer> {
  const from = followFrom(newestAt, startedAt)
  const page = await search({ from: String(from), limit: FOLLOW_PAGE })
  // A gateway answers that a period ends right after its begin if its own time is earlier.
  const isBehind = page.ok && page.value.to <= from * 1000 + 1
  return isBehind ? search({ limit: FOLLOW_PAGE }) : page
}
