/**
 * The decisions of each issuer, and the tokens that isolates answered without the trust store, for
 * `GET /admin/v1/issuers`. They are for operators, and no decision depends on them.
 */
import type { DecisionRecord } from '../../../../contract/decisions/record.ts'
import { MAX_COUNT_ROWS } from '../../../../core/limits.ts'

export type IssuerCount = {
  /** The name in the trust document or in the deploy-time policy. */
  readonly issuer: string
  readonly granted: number
  readonly denied: number
  /** Epoch seconds of the first decision. */
  readonly since: number
}

export type IssuerCounts = {
  readonly decisions: readonly IssuerCount[]
  /** Questions about missing keys that were answered without the trust store, by key source. */
  readonly refused: Readonly<Record<string, number>>
}

export type IssuerTally = Map<string, IssuerCount>

/** Counts only decisions about an issuer of the document or the policy, never a name from a token. */
export function addIssuer(tally: IssuerTally, { issuer, outcome, at }: DecisionRecord): void {
  if (issuer === undefined || outcome === 'unavailable') return
  const since = Math.floor(at / 1000)
  const own = tally.get(issuer) ?? { issuer, granted: 0, denied: 0, since }
  tally.set(issuer, {
    ...own,
    [outcome]: own[outcome] + 1,
    since: Math.min(own.since, since),
  })
}

export function storeIssuers(sql: SqlStorage, tally: IssuerTally, now: number): void {
  for (const { issuer, granted, denied, since } of tally.values()) {
    sql.exec(
      `INSERT INTO issuer_counts (issuer, granted, denied, since, counted_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (issuer) DO UPDATE SET granted = granted + excluded.granted,
         denied = denied + excluded.denied, since = MIN(since, excluded.since),
         counted_at = excluded.counted_at`,
      issuer,
      granted,
      denied,
      since,
      now,
    )
  }
  keepNewest(sql, 'issuer_counts', 'issuer')
}

/** Adds what an isolate sent with a batch. */
export function storeRefused(sql: SqlStorage, refused: IssuerCounts['refused'], now: number): void {
  for (const [source, questions] of Object.entries(refused)) {
    sql.exec(
      `INSERT INTO refused_questions (source, questions, counted_at) VALUES (?, ?, ?)
       ON CONFLICT (source) DO UPDATE SET questions = questions + excluded.questions,
         counted_at = excluded.counted_at`,
      source,
      questions,
      now,
    )
  }
  keepNewest(sql, 'refused_questions', 'source')
}

export function readIssuers(sql: SqlStorage): IssuerCounts {
  const decisions = sql
    .exec<IssuerCount>('SELECT issuer, granted, denied, since FROM issuer_counts')
    .toArray()
  const refused = sql
    .exec<{ source: string; questions: number }>('SELECT source, questions FROM refused_questions')
    .toArray()
  return {
    decisions,
    refused: Object.fromEntries(refused.map(({ source, questions }) => [source, questions])),
  }
}

/** Adds the counts of several shards. */
export function sumIssuerCounts(counts: readonly IssuerCounts[]): IssuerCounts {
  const decisions = new Map<string, IssuerCount>()
  const refused = new Map<string, number>()
  for (const one of counts) {
    for (const { issuer, granted, denied, since } of one.decisions) {
      const sum = decisions.get(issuer) ?? { granted: 0, denied: 0, since }
      decisions.set(issuer, {
        issuer,
        granted: sum.granted + granted,
        denied: sum.denied + denied,
        since: Math.min(sum.since, since),
      })
    }
    for (const [source, questions] of Object.entries(one.refused)) {
      refused.set(source, (refused.get(source) ?? 0) + questions)
    }
  }
  return { decisions: [...decisions.values()], refused: Object.fromEntries(refused) }
}

/** Deletes what was counted the longest time ago. Each revision can have other issuers. */
function keepNewest(
  sql: SqlStorage,
  table: 'issuer_counts' | 'refused_questions',
  key: string,
): void {
  const { rows } = sql.exec<{ rows: number }>(`SELECT COUNT(*) AS rows FROM ${table}`).one()
  if (rows <= MAX_COUNT_ROWS) return
  sql.exec(
    `DELETE FROM ${table} WHERE ${key} IN (
       SELECT ${key} FROM ${table} ORDER BY counted_at, ${key} LIMIT ?)`,
    rows - MAX_COUNT_ROWS,
  )
}
