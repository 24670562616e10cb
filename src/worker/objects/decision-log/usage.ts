/**
 * The daily use of each scope of a resource through a rule. It is small and is kept longer than the
 * records, so that posture can say which right was not used for months.
 */
import { type DecisionRecord, readRecord } from '../../../contract/decisions/record.ts'
import { DECISION_USAGE_ROWS } from '../../limits.ts'
import type { UsageRow } from './messages.ts'

const DAY_MILLISECONDS = 86_400_000

/** Adds records that leave the uncompressed batches. */
export function addUsage(sql: SqlStorage, records: readonly DecisionRecord[]): void {
  for (const { day, rule, resource, scope, granted, lastAt } of countUsage(records)) {
    sql.exec(
      `INSERT INTO usage (day, rule, resource, scope, granted, last_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (rule, resource, scope, day) DO UPDATE SET granted = granted + excluded.granted,
         last_at = MAX(last_at, excluded.last_at)`,
      day,
      rule,
      resource,
      scope,
      granted,
      lastAt,
    )
  }
}

/** Returns the use since a day, with that of the uncompressed batches. */
export function readUsage(sql: SqlStorage, sinceDay: number): readonly UsageRow[] {
  const stored = sql
    .exec<UsageRow>(
      `SELECT day, rule, resource, scope, granted, last_at AS lastAt FROM usage
       WHERE day >= ? ORDER BY day DESC LIMIT ?`,
      sinceDay,
      DECISION_USAGE_ROWS,
    )
    .toArray()
  const recent: UsageRow[] = []
  // One row at a time: the uncompressed records do not fit into memory together with their objects.
  for (const { lines } of sql.exec<{ lines: string }>('SELECT lines FROM batches')) {
    recent.push(...countUsage(lines.split('\n').flatMap((line) => readRecord(line) ?? [])))
  }
  return sumUsage([...stored, ...recent]).filter(({ day }) => day >= sinceDay)
}

/** Only granted decisions are a use. A record without a rule or a resource is none. */
function countUsage(records: readonly DecisionRecord[]): readonly UsageRow[] {
  return sumUsage(
    records.flatMap(({ outcome, rule, resource, scopes = [], at }) =>
      outcome !== 'granted' || rule === undefined || resource === undefined
        ? []
        : (scopes.length === 0 ? [''] : scopes).map((scope) => ({
            day: Math.floor(at / DAY_MILLISECONDS),
            rule,
            resource,
            scope,
            granted: 1,
            lastAt: at,
          })),
    ),
  )
}

/** Adds rows with the same key. */
function sumUsage(rows: readonly UsageRow[]): readonly UsageRow[] {
  const sums = new Map<string, UsageRow>()
  for (const row of rows) {
    const key = JSON.stringify([row.day, row.rule, row.resource, row.scope])
    const sum = sums.get(key)
    sums.set(
      key,
      sum === undefined
        ? row
        : {
            ...sum,
            granted: sum.granted + row.granted,
            lastAt: Math.max(sum.lastAt, row.lastAt),
          },
    )
  }
  return [...sums.values()]
}
