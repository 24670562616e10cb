/** `GET /admin/v1/decisions/activity` counts the decisions of each outcome over time. */
import type { ActivityReport } from '../../../contract/decisions/answers.ts'
import { ACTIVITY_DEFAULT_HOURS, ACTIVITY_MAX_HOURS } from '../../../contract/limits.ts'
import { PROBLEMS } from '../../../contract/problems/problems.ts'
import { readClock } from '../../compose.ts'
import type { AdminContext } from '../../context.ts'
import { respondJson, respondProblem } from '../../http/respond.ts'
import { DECISION_ACTIVITY_STEP_SECONDS } from '../../limits.ts'
import type { ActivityCount } from '../../objects/decision-log/counters/activity.ts'
import { refuseWithoutLog } from './decision-problems.ts'

type Bucket = ActivityReport['buckets'][number]

export async function getActivityRoute(c: AdminContext): Promise<Response> {
  const { decisionLog: log } = c.var.gateway
  if (log === undefined) return refuseWithoutLog()
  const asked = c.req.query('hours') ?? String(ACTIVITY_DEFAULT_HOURS)
  const hours = /^[1-9]\d{0,2}$/.test(asked) ? Number(asked) : 0
  if (hours < 1 || hours > ACTIVITY_MAX_HOURS) return refuse()
  const stepSeconds = chooseStep(hours)
  const last = Math.floor(readClock() / stepSeconds)
  const since = Math.floor(last - (hours * 3600) / stepSeconds)
  const question = { since, size: stepSeconds / DECISION_ACTIVITY_STEP_SECONDS }
  const asks = (await log.list()).map((shard) => log.activity(shard, question))
  const counts = (await Promise.all(asks)).flat()
  return respondJson({
    step_seconds: stepSeconds,
    buckets: fillBuckets(counts, since, last, stepSeconds),
  } satisfies ActivityReport)
}

/** At most 129 steps, which cover at least the period. */
function chooseStep(hours: number): number {
  if (hours <= 6) return DECISION_ACTIVITY_STEP_SECONDS
  return hours <= 72 ? 3600 : 6 * 3600
}

/** A step without decisions has zeros. */
function fillBuckets(
  counts: readonly ActivityCount[],
  since: number,
  last: number,
  stepSeconds: number,
): readonly Bucket[] {
  const buckets = new Map<number, { -readonly [Name in keyof Bucket]: Bucket[Name] }>()
  for (let step = since; step <= last; step += 1) {
    buckets.set(step, { at: step * stepSeconds, granted: 0, denied: 0, unavailable: 0 })
  }
  for (const { step, outcome, count } of counts) {
    const bucket = buckets.get(step)
    if (bucket !== undefined) bucket[outcome] += count
  }
  return [...buckets.values()]
}

function refuse(): Response {
  const message = `must be a number of hours from 1 to ${ACTIVITY_MAX_HOURS}`
  return respondProblem({
    ...PROBLEMS.parameterInvalid,
    detail: `nothing was counted: \`hours\` ${message}`,
    problems: [{ code: 'hours_invalid', path: ['hours'], message }],
  })
}
