/**
 * The daily use of each scope of a resource through a rule. It is small and is kept longer than the
 * records, so that posture can say which right was not used for months.
 */
import { type DecisionRecord, readRecord } from '../../../contract/decisions/record.ts'
import { DECISION_USAGE_DAYS, DECISION_USAGE_ROWS } from '../../limits.ts'
import type { ShardUsage, UsageRow } from './messages.ts'

const DAY_MILLISECONDS = 86_400_000

type DailyRow = UsageRow & {
  /** Days since 1970-01-01 UTC. */
  readonly day: number
}

/** Adds records that leave the uncompressed batches. */
export function addUsage(sql: SqlStorage, records: readonly DecisionRecord[]): void {
  for (const row of sumUsage(countUsage(records), ({ day }) => day)) {
    sql.exec(
      `INSERT INTO usage (day, rule, resource, scope, granted, last_at, outlived)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (rule, resource, scope, day) DO UPDATE SET granted = granted + excluded.granted,
         last_at = MAX(last_at, excluded.last_at),
         outlived = COALESCE(MAX(outlived, excluded.outlived), outlived, excluded.outlived)`,
      row.day,
      row.rule,
      row.resource,
      row.scope,
      row.granted,
      row.lastAt,
      row.outlivedSeconds,
    )
  }
}

/** Returns the use since a day, with that of the uncompressed batches. */
export function readUsage(
  sql: SqlStorage,
  sinceDay: number,
  maxRows = DECISION_USAGE_ROWS,
): ShardUsage {
  const stored = sql
    .exec<UsageRow>(
      `SELECT rule, resource, scope, SUM(granted) AS granted, MAX(last_at) AS lastAt,
         MAX(outlived) AS outlivedSeconds
       FROM usage WHERE day >= ? GROUP BY rule, resource, scope ORDER BY lastAt DESC LIMIT ?`,
      sinceDay,
      maxRows + 1,
    )
    .toArray()
  const recent: DailyRow[] = []
  // One row at a time: the uncompressed records do not fit into memory together with their objects.
  for (const { lines } of sql.exec<{ lines: string }>('SELECT lines FROM batches')) {
    const counted = countUsage(lines.split('\n').flatMap((line) => readRecord(line) ?? []))
    recent.push(...sumUsage(counted, ({ day }) => day))
  }
  const used = sumUsage<UsageRow>(
    [...stored, ...recent.filter(({ day }) => day >= sinceDay).map(withoutDay)],
    () => 0,
  )
  return {
    rows: used.sort((left, right) => right.lastAt - left.lastAt).slice(0, maxRows),
    isPartial: used.length > maxRows,
    since: readStart(sql, sinceDay),
  }
}

export function forgetUsage(sql: SqlStorage, now: number): void {
  const today = Math.floor(now / DAY_MILLISECONDS)
  sql.exec('DELETE FROM usage WHERE day < ?', today - DECISION_USAGE_DAYS)
}

function withoutDay({ day: _, ...row }: DailyRow): UsageRow {
  return row
}

/**
 * The log knows the use since its first record. Days of use outlive the records. A day says no time, so
 * it counts only if it is earlier than the day of the first record that is left.
 */
function readStart(sql: SqlStorage, sinceDay: number): number | null {
  const { day, first } = sql
    .exec<{ day: number | null; first: number | null }>(
      `SELECT (SELECT MIN(day) * ?1 FROM usage WHERE day >= ?2) AS day, MIN(at) AS first FROM (
         SELECT MIN(from_at) AS at FROM blocks UNION ALL SELECT MIN(from_at) FROM batches)`,
      DAY_MILLISECONDS,
      sinceDay,
    )
    .one()
  const isDayLast = day === null || (first !== null && first - day < DAY_MILLISECONDS)
  const start = isDayLast ? first : day
  return start === null ? null : Math.max(start, sinceDay * DAY_MILLISECONDS)
}

/** Only granted decisions are a use. A record without a rule or a resource is none. */
function countUsage(records: readonly DecisionRecord[]): readonly DailyRow[] {
  return records.flatMap((record) => {
    const { outcome, rule, resource, scopes = [], at } = record
    if (outcome !== 'granted' || rule === undefined || resource === undefined) return []
    const day = Math.floor(at / DAY_MILLISECONDS)
    const outlived = outlivedSeconds(record)
    return (scopes.length === 0 ? [''] : scopes).map((scope) => ({
      day,
      rule,
      resource,
      scope,
      granted: 1,
      lastAt: at,
      outlivedSeconds: outlived,
    }))
  })
}

function outlivedSeconds({
  expires_at: end,
  subject_token_expires_at: subjectEnd,
}: Pick<DecisionRecord, 'expires_at' | 'subject_token_expires_at'>): number | null {
  return end === undefined || subjectEnd === undefined ? null : end - subjectEnd
}

/** Adds rows with the same key. */
function sumUsage<Row extends UsageRow>(rows: readonly Row[], dayOf: (row: Row) => number): Row[] {
  const sums = new Map<string, Row>()
  for (const row of rows) {
    const key = JSON.stringify([dayOf(row), row.rule, row.resource, row.scope])
    const sum = sums.get(key)
    sums.set(
      key,
      sum === undefined
        ? row
        : {
            ...sum,
            granted: sum.granted + row.granted,
            lastAt: Math.max(sum.lastAt, row.lastAt),
            outlivedSeconds: maxOf(sum.outlivedSeconds, row.outlivedSeconds),
          },
    )
  }
  return [...sums.values()]
}

function maxOf(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right
  return Math.max(left, right)
}

/** Adds the answers of several shards. */
export function sumShardUsage(shards: readonly ShardUsage[]): ShardUsage {
  const starts = shards.flatMap(({ since }) => since ?? [])
  const rows = sumUsage(
    shards.flatMap((shard) => shard.rows),
    () => 0,
  )
  return {
    rows: rows.sort((left, right) => right.lastAt - left.lastAt),
    isPartial: shards.some((shard) => shard.isPartial),
    since: starts.length === 0 ? null : Math.min(...starts),
  }
}
