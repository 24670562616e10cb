/**
 * The counters of a shard. A batch is counted when somebody asks for them, or when it is compressed,
 * whichever is first. So an append writes no rows for them, and each record is
 * counted once.
 */
import { type DecisionRecord, readRecord } from '../../../../contract/decisions/record.ts'
import type {
  DurationCounts,
  ExchangeCount,
  ShardCounters,
} from '../../../../core/metrics/facts.ts'
import { DURATION_BOUNDS } from '../../../../core/metrics/families.ts'
import { DECISION_SERIES_DAYS, MAX_DECISION_SERIES } from '../../../limits.ts'
import { readChain } from '../chain.ts'
import {
  type ActivityCount,
  type ActivityTally,
  addActivity,
  forgetActivity,
  readActivity,
  storeActivity,
} from './activity.ts'
import {
  addIssuer,
  type IssuerCounts,
  type IssuerTally,
  readIssuers,
  storeIssuers,
} from './issuer-counts.ts'

/** The label of an issuer and a rule for which a shard has no room. A name has no underscore first. */
export const OTHER = '_other'
const DAY_MILLISECONDS = 86_400_000

type ExchangeRow = Omit<ExchangeCount, 'count'> & { readonly count: number }
type DurationRow = { readonly issuer: string; readonly buckets: string; readonly sum: number }
type Tally = {
  readonly exchanges: Map<string, ExchangeCount>
  readonly durations: Map<string, { buckets: number[]; sumMilliseconds: number }>
  readonly issuers: IssuerTally
  readonly activity: ActivityTally
}

/** Since which step, and how many stored steps make one step of the answer. */
export type ActivityQuestion = { readonly since: number; readonly size: number }

/** The records of a batch that is about to be compressed. */
export type ReadBatch = { readonly sequence: number; readonly records: readonly DecisionRecord[] }

/** Counts those of the oldest batches that were not counted yet. Call it inside a transaction. */
export function countOldest(sql: SqlStorage, batches: readonly ReadBatch[], now: number): void {
  const counted = readChain(sql)?.counted_sequence ?? 0
  const last = batches.at(-1)?.sequence ?? 0
  if (last <= counted) return
  const tally = newTally()
  for (const { sequence, records } of batches) {
    if (sequence <= counted) continue
    for (const record of records) addRecord(tally, record)
  }
  storeTally(sql, tally, last, now)
}

/** Counts every batch that was not counted yet. Call it inside a transaction. */
function countBatches(sql: SqlStorage, now: number): void {
  const chain = readChain(sql)
  if (chain === undefined || chain.counted_sequence >= chain.sequence) return
  const tally = newTally()
  // One row at a time: the batches do not fit into memory together with their objects.
  const batches = sql.exec<{ lines: string }>(
    'SELECT lines FROM batches WHERE sequence > ? ORDER BY sequence',
    chain.counted_sequence,
  )
  for (const { lines } of batches) {
    for (const line of lines.split('\n')) {
      const record = readRecord(line)
      if (record !== undefined) addRecord(tally, record)
    }
  }
  storeTally(sql, tally, chain.sequence, now)
}

function storeTally(sql: SqlStorage, tally: Tally, countedSequence: number, now: number): void {
  for (const count of tally.exchanges.values()) storeCount(sql, count, now)
  for (const [issuer, { buckets, sumMilliseconds }] of tally.durations) {
    storeDurations(sql, { issuer, buckets, sumMilliseconds }, now)
  }
  storeIssuers(sql, tally.issuers, now)
  storeActivity(sql, tally.activity)
  sql.exec('UPDATE chain SET counted_sequence = ?', countedSequence)
}

/** Returns undefined before the first append. */
export function readCounters(
  storage: DurableObjectStorage,
  now: number,
): ShardCounters | undefined {
  const { sql } = storage
  storage.transactionSync(() => countBatches(sql, now))
  const chain = readChain(sql)
  if (chain === undefined) return undefined
  const exchanges = sql
    .exec<ExchangeRow>('SELECT issuer, rule, outcome, reason, count FROM exchange_counts')
    .toArray()
  const durations = sql
    .exec<DurationRow>('SELECT issuer, buckets, sum FROM duration_counts')
    .toArray()
  return {
    exchanges,
    durations: durations.map(({ issuer, buckets, sum }) => ({
      issuer,
      buckets: JSON.parse(buckets) as number[],
      sumMilliseconds: sum,
    })),
    records: chain.records,
    sizeBytes: sql.databaseSize,
    batches: chain.sequence,
    exportedBatches: chain.exported_sequence,
    fault: chain.fault,
  }
}

/** Returns the decisions of each issuer. */
export function readIssuerCounts(storage: DurableObjectStorage, now: number): IssuerCounts {
  storage.transactionSync(() => countBatches(storage.sql, now))
  return readIssuers(storage.sql)
}

/** Returns the decisions over time: see `readActivity`. */
export function countActivity(
  storage: DurableObjectStorage,
  question: ActivityQuestion,
  now: number,
): readonly ActivityCount[] {
  storage.transactionSync(() => countBatches(storage.sql, now))
  return readActivity(storage.sql, question.since, question.size)
}

/** Forgets series of issuers and rules that nobody used for weeks, and old activity. */
export function forgetSeries(sql: SqlStorage, now: number): void {
  const before = now - DECISION_SERIES_DAYS * DAY_MILLISECONDS
  sql.exec('DELETE FROM exchange_counts WHERE counted_at < ?', before)
  sql.exec('DELETE FROM duration_counts WHERE counted_at < ?', before)
  forgetActivity(sql, now)
}

function newTally(): Tally {
  return { exchanges: new Map(), durations: new Map(), issuers: new Map(), activity: new Map() }
}

function addRecord(tally: Tally, record: DecisionRecord): void {
  const { exchanges, durations, issuers, activity } = tally
  addIssuer(issuers, record)
  addActivity(activity, record)
  const { issuer = '', rule = '', outcome, duration_milliseconds: duration } = record
  const reason = record.reason ?? record.part ?? ''
  const key = JSON.stringify([issuer, rule, outcome, reason])
  const count = (exchanges.get(key)?.count ?? 0) + 1
  exchanges.set(key, { issuer, rule, outcome, reason, count })
  if (duration === undefined) return
  const own = durations.get(issuer) ?? { buckets: emptyBuckets(), sumMilliseconds: 0 }
  const index = DURATION_BOUNDS.findIndex((bound) => duration <= bound)
  const bucket = index === -1 ? DURATION_BOUNDS.length : index
  own.buckets[bucket] = (own.buckets[bucket] ?? 0) + 1
  own.sumMilliseconds += duration
  durations.set(issuer, own)
}

function emptyBuckets(): number[] {
  return Array.from({ length: DURATION_BOUNDS.length + 1 }, () => 0)
}

function storeCount(sql: SqlStorage, own: ExchangeCount, now: number): void {
  const { outcome, reason, count } = own
  const hasRoom = hasSeries(sql, own) || countRows(sql, 'exchange_counts') < MAX_DECISION_SERIES
  const { issuer, rule } = hasRoom ? own : { issuer: OTHER, rule: OTHER }
  sql.exec(
    `INSERT INTO exchange_counts (issuer, rule, outcome, reason, count, counted_at)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (issuer, rule, outcome, reason) DO UPDATE SET count = count + excluded.count,
       counted_at = excluded.counted_at`,
    issuer,
    rule,
    outcome,
    reason,
    count,
    now,
  )
}

function hasSeries(sql: SqlStorage, { issuer, rule, outcome, reason }: ExchangeCount): boolean {
  const found = sql.exec(
    `SELECT 1 FROM exchange_counts
     WHERE issuer = ? AND rule = ? AND outcome = ? AND reason = ?`,
    issuer,
    rule,
    outcome,
    reason,
  )
  return found.toArray().length > 0
}

function storeDurations(sql: SqlStorage, own: DurationCounts, now: number): void {
  const known = readDurations(sql, own.issuer)
  const hasRoom = known !== undefined || countRows(sql, 'duration_counts') < MAX_DECISION_SERIES
  const issuer = hasRoom ? own.issuer : OTHER
  const before = hasRoom ? known : readDurations(sql, OTHER)
  const stored = before === undefined ? emptyBuckets() : (JSON.parse(before.buckets) as number[])
  const buckets = own.buckets.map((count, index) => count + (stored[index] ?? 0))
  sql.exec(
    'INSERT OR REPLACE INTO duration_counts (issuer, buckets, sum, counted_at) VALUES (?, ?, ?, ?)',
    issuer,
    JSON.stringify(buckets),
    own.sumMilliseconds + (before?.sum ?? 0),
    now,
  )
}

function readDurations(sql: SqlStorage, issuer: string): DurationRow | undefined {
  return sql
    .exec<DurationRow>('SELECT issuer, buckets, sum FROM duration_counts WHERE issuer = ?', issuer)
    .toArray()[0]
}

function countRows(sql: SqlStorage, table: 'exchange_counts' | 'duration_counts'): number {
  return sql.exec<{ rows: number }>(`SELECT COUNT(*) AS rows FROM ${table}`).one().rows
}
