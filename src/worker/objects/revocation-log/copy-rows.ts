/**
 * Copies revocations out of one revocation log and into another: for a backup, and for a new
 * deployment. Rows that are already there are never weakened.
 */
import { COARSE_GRAINS } from '../../../protocol/revocations.ts'
import { REVOCATION_COPY_ROWS } from '../../limits.ts'
import { type CoarseRow, endOf, isStopped } from './coarse-rows.ts'

/** A row as `RevocationLog` stores it. Times are epoch seconds. */
export type CopiedRow = Omit<CoarseRow, 'grain' | 'issued_before'> & {
  /** May be one that only another release knows. */
  readonly grain: string
  /** Null for a single token. */
  readonly issued_before: number | null
}

export type CopiedRows = {
  readonly rows: readonly CopiedRow[]
  /** The sequence after which the next part begins. Absent from the last part. */
  readonly next?: number
}

const COLUMNS = `grain, id, issued_before, stops_issuing, expires_at, revoked_at, revoked_by, reason,
  lifted_at, lifted_by, lift_reason`

/** Returns the rows after a sequence, in order. */
export function readRows(sql: SqlStorage, after: number, at: number): CopiedRows {
  const found = sql
    .exec<CopiedRow & { readonly sequence: number }>(
      `SELECT sequence, ${COLUMNS} FROM revocations WHERE sequence > ? ORDER BY sequence LIMIT ?`,
      after,
      REVOCATION_COPY_ROWS,
    )
    .toArray()
  const last = found.length === REVOCATION_COPY_ROWS ? found.at(-1)?.sequence : undefined
  const rows = found.filter(({ expires_at: end }) => end > at).map(({ sequence: _, ...row }) => row)
  return last === undefined ? { rows } : { rows, next: last }
}

/** Stores rows of another log. Returns how many are new or stronger than what is stored. */
export function writeRows(sql: SqlStorage, rows: readonly CopiedRow[], at: number): number {
  let written = 0
  for (const row of rows) {
    const { grain, id, issued_before: before } = row
    const isCoarse = COARSE_GRAINS.some((name) => name === grain)
    if (row.expires_at <= at || (!isCoarse && grain !== 'token')) continue
    const [old] = sql
      .exec<CopiedRow>(`SELECT ${COLUMNS} FROM revocations WHERE grain = ? AND id = ?`, grain, id)
      .toArray()
    const merged: CopiedRow = {
      // A stop in force stays, with who made it and why, until it is lifted here.
      ...(isStopped(old, at) ? old : row),
      issued_before: isCoarse ? Math.max(before ?? 0, old?.issued_before ?? 0) : null,
      expires_at: Math.max(Math.min(row.expires_at, endOf(at)), old?.expires_at ?? 0),
    }
    const isSame =
      old !== undefined &&
      (['issued_before', 'stops_issuing', 'expires_at'] as const).every(
        (name) => old[name] === merged[name],
      )
    if (isSame) continue
    const names = Object.keys(merged)
    sql.exec(
      `INSERT OR REPLACE INTO revocations (${names}) VALUES (${names.map(() => '?')})`,
      ...Object.values(merged),
    )
    written += 1
  }
  return written
}
