/**
 * How many decisions of each outcome there were in each five minutes, for the overview of the
 * console. It is small and is kept longer than the records of a busy deployment.
 */
import type { DecisionRecord } from '../../../../contract/decisions/record.ts'
import { DECISION_ACTIVITY_DAYS, DECISION_ACTIVITY_STEP_SECONDS } from '../../../limits.ts'

const STEP_MILLISECONDS = DECISION_ACTIVITY_STEP_SECONDS * 1000
const DAY_MILLISECONDS = 86_400_000

/** The decisions of one outcome in one step. */
export type ActivityCount = {
  /** Steps since 1970-01-01. */
  readonly step: number
  readonly outcome: DecisionRecord['outcome']
  readonly count: number
}

/** By step and outcome. */
export type ActivityTally = Map<string, ActivityCount>

export function addActivity(tally: ActivityTally, { at, outcome }: DecisionRecord): void {
  const step = Math.floor(at / STEP_MILLISECONDS)
  const key = `${step} ${outcome}`
  tally.set(key, { step, outcome, count: (tally.get(key)?.count ?? 0) + 1 })
}

export function storeActivity(sql: SqlStorage, tally: ActivityTally): void {
  for (const { step, outcome, count } of tally.values()) {
    sql.exec(
      `INSERT INTO activity (step, outcome, count) VALUES (?, ?, ?)
       ON CONFLICT (step, outcome) DO UPDATE SET count = count + excluded.count`,
      step,
      outcome,
      count,
    )
  }
}

/** Returns the counts of some steps since one, with `size` stored steps in each. */
export function readActivity(
  sql: SqlStorage,
  since: number,
  size: number,
): readonly ActivityCount[] {
  return sql
    .exec<ActivityCount>(
      // A number is bound as a real one, whose division has no whole result.
      `SELECT step / CAST(?2 AS INTEGER) AS step, outcome, SUM(count) AS count FROM activity
       WHERE step >= ?1 * ?2 GROUP BY 1, 2`,
      since,
      size,
    )
    .toArray()
}

export function forgetActivity(sql: SqlStorage, now: number): void {
  const before = Math.floor((now - DECISION_ACTIVITY_DAYS * DAY_MILLISECONDS) / STEP_MILLISECONDS)
  sql.exec('DELETE FROM activity WHERE step < ?', before)
}
