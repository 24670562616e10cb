/**
 * `GET /admin/v1/decisions` finds decisions in all shards of the decision log. A shard that does not
 * answer makes the answer a 503: a page without its decisions would look complete. A page says if rows
 * that it needs are damaged.
 */

import type { DocumentProblem } from '../../../contract/admin.ts'
import { DECISION_SHARDS_HEADER } from '../../../contract/decisions/answers.ts'
import type { DecisionFilter } from '../../../contract/decisions/query.ts'
import {
  type DecisionSearch,
  parseDecisionSearch,
  periodOf,
} from '../../../contract/decisions/search.ts'
import { referToProblems } from '../../../contract/problems/listed-problems.ts'
import { PROBLEMS } from '../../../contract/problems/problems.ts'
import { type Continuation, formatCursor, parseCursor } from '../../../core/decisions/cursor.ts'
import { mergePages } from '../../../core/decisions/merge-pages.ts'
import { DENIALS } from '../../../core/denial.ts'
import { ok, type Result } from '../../../web/result.ts'
import { findNearest } from '../../../web/text/nearest.ts'
import type { AdminContext } from '../../context.ts'
import { respondProblem, respondText } from '../../http/respond.ts'
import type { DecisionShards } from '../../objects/decision-log/shards.ts'
import { refuseWithoutLog } from './decision-problems.ts'

export async function getDecisionsRoute(c: AdminContext): Promise<Response> {
  const { decisionLog } = c.var.gateway
  if (decisionLog === undefined) return refuseWithoutLog()
  const parsed = parseDecisionSearch(new URL(c.req.url).searchParams)
  if (!parsed.ok) return refuseFilter(parsed.error)
  const search = parsed.value
  const reason = checkReason(search.filter)
  if (reason !== undefined) return refuseFilter([reason])
  const place = placeOf(search, Date.now())
  if (!place.ok) return place.error
  return findDecisions(decisionLog, search, place.value)
}

/** Without this check, no decision would match a misspelt reason, as if nothing had been denied. */
function checkReason({ reason }: DecisionFilter): DocumentProblem | undefined {
  if (reason === undefined || Object.hasOwn(DENIALS, reason)) return undefined
  const nearest = findNearest(reason, Object.keys(DENIALS))
  const rest = nearest === undefined ? 'see docs/errors.md' : `did you mean ${nearest}?`
  return { code: 'reason_unknown', path: ['reason'], message: `is unknown: ${rest}` }
}

type Place = Omit<Continuation, 'before'> & Partial<Pick<Continuation, 'before'>>

/** Returns the period, which the first page determines, and the position in it. */
function placeOf(
  { filter, cursor, question }: DecisionSearch,
  now: number,
): Result<Place, Response> {
  if (cursor !== undefined) {
    const continued = parseCursor(cursor, question)
    return continued.ok ? continued : { ok: false, error: refuseCursor(continued.error) }
  }
  const period = periodOf(filter, now)
  return period.ok ? ok(period.value) : { ok: false, error: refusePeriod(period.error) }
}

async function findDecisions(
  shards: DecisionShards,
  { filter, shard, limit, question }: DecisionSearch,
  { from, to, before }: Place,
): Promise<Response> {
  const request = {
    filter: { ...filter, from, to },
    limit,
    ...(before === undefined ? {} : { before }),
  }
  const all = await shards.list()
  if ((shard ?? 0) >= all.length) {
    const message = `must be a number from 0 to ${all.length - 1}`
    return refuseFilter([{ code: 'shard_invalid', path: ['shard'], message }])
  }
  const asked = (shard === undefined ? all : [shard]).map((one) => shards.page(one, request))
  const pages = await Promise.all(asked)
  const { records, next } = mergePages(pages, limit)
  const purgedTo = Math.max(...pages.map((page) => page.purgedTo ?? -1))
  const damagedTo = Math.max(...pages.map((page) => page.damagedTo ?? -1))
  const rest = {
    from,
    to,
    complete: next === undefined,
    purged_to: purgedTo < from ? undefined : purgedTo,
    damaged_to: damagedTo < 0 ? undefined : damagedTo,
    ...(next === undefined ? {} : { next: formatCursor({ from, to, before: next }, question) }),
  }
  // The records are JSON texts, which are sent as they are stored.
  const list = records.map(({ line }) => line).join(',')
  const headers = { [DECISION_SHARDS_HEADER]: String(all.length) }
  return respondText(`{"decisions":[${list}],${JSON.stringify(rest).slice(1)}`, 200, headers)
}

function refuseFilter(problems: readonly DocumentProblem[]): Response {
  const detail = referToProblems('nothing was searched', 'parameters')
  return respondProblem({ ...PROBLEMS.filterInvalid, detail, problems })
}

function refusePeriod(problem: DocumentProblem): Response {
  return respondProblem({
    ...PROBLEMS.periodTooLong,
    detail: `nothing was searched: \`from\` ${problem.message}`,
    problems: [problem],
  })
}

function refuseCursor(fault: 'malformed' | 'other_question'): Response {
  const message =
    fault === 'malformed'
      ? 'is not a cursor of this gateway: use the value of `next`, unchanged'
      : 'is of another question: repeat the same parameters, or leave out the cursor'
  return respondProblem({
    ...PROBLEMS.cursorInvalid,
    detail: `nothing was searched: \`cursor\` ${message}`,
    problems: [{ code: `cursor_${fault}`, path: ['cursor'], message }],
  })
}
