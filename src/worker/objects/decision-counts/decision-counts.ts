/**
 * One shard of the decision counts. An isolate always sends its counts to the same shard, so that
 * they never reach the trust store, which is the only writer of the trust document. The counts are
 * for operators, and no decision depends on them.
 */
import { DurableObject } from 'cloudflare:workers'
import { MAX_COUNT_ROWS } from '../../../core/limits.ts'
import { migrate } from '../migrations.ts'
import type { CountBatch, CountTotals, IssuerCount } from './counts.ts'

export const MIGRATIONS = [
  `CREATE TABLE decisions (
    issuer TEXT PRIMARY KEY,
    granted INTEGER NOT NULL,
    denied INTEGER NOT NULL,
    since INTEGER NOT NULL,
    counted_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE refused (
    source TEXT PRIMARY KEY,
    questions INTEGER NOT NULL,
    counted_at INTEGER NOT NULL
  ) WITHOUT ROWID;`,
] as const

/** The Durable Object of the decision counts. Bind it as `DECISION_COUNTS`. */
export class DecisionCounts extends DurableObject<unknown> {
  /** Returns epoch seconds. Tests replace it. */
  now = (): number => Math.floor(Date.now() / 1000)

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env)
    migrate(ctx.storage, MIGRATIONS)
  }

  /** Adds what one isolate has counted since its last call. */
  add({ decisions, refused }: CountBatch): void {
    const { sql } = this.ctx.storage
    const at = this.now()
    for (const [issuer, { granted, denied }] of Object.entries(decisions)) {
      sql.exec(
        `INSERT INTO decisions (issuer, granted, denied, since, counted_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (issuer) DO UPDATE SET granted = granted + excluded.granted,
           denied = denied + excluded.denied, counted_at = excluded.counted_at`,
        issuer,
        granted,
        denied,
        at,
        at,
      )
    }
    for (const [source, questions] of Object.entries(refused)) {
      sql.exec(
        `INSERT INTO refused (source, questions, counted_at) VALUES (?, ?, ?)
         ON CONFLICT (source) DO UPDATE SET questions = questions + excluded.questions,
           counted_at = excluded.counted_at`,
        source,
        questions,
        at,
      )
    }
    keepNewest(sql, 'decisions', 'issuer')
    keepNewest(sql, 'refused', 'source')
  }

  read(): CountTotals {
    const { sql } = this.ctx.storage
    const decisions = sql
      .exec<IssuerCount>('SELECT issuer, granted, denied, since FROM decisions')
      .toArray()
    const refused = sql
      .exec<{ source: string; questions: number }>('SELECT source, questions FROM refused')
      .toArray()
    return {
      decisions,
      refused: Object.fromEntries(refused.map(({ source, questions }) => [source, questions])),
    }
  }
}

/** Deletes what was counted the longest time ago. Each revision can have other issuers. */
function keepNewest(sql: SqlStorage, table: 'decisions' | 'refused', key: string): void {
  const { rows } = sql.exec<{ rows: number }>(`SELECT COUNT(*) AS rows FROM ${table}`).one()
  if (rows <= MAX_COUNT_ROWS) return
  sql.exec(
    `DELETE FROM ${table} WHERE ${key} IN (
       SELECT ${key} FROM ${table} ORDER BY counted_at, ${key} LIMIT ?)`,
    rows - MAX_COUNT_ROWS,
  )
}
