/**
 * The row of the revocation log about its own publication: which revocation is the newest, which of
 * them KV has, and why readers do not see the newest. `publication.ts` builds and writes the content.
 */
import { REVOCATION_UNPUBLISHED_SECONDS } from '../../limits.ts'

/**
 * Why edge checks do not see the newest revocations. `unknown_grain`: a later release wrote one that
 * this release cannot check. `/health` and the log use these names.
 */
export type PublicationFault = 'too_large' | 'kv_unreachable' | 'unknown_grain'

/** Returns the highest sequence number that was ever used. It remains after its row is deleted. */
export function readSequence(sql: SqlStorage): number {
  const [row] = sql
    .exec<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'revocations'")
    .toArray()
  return row?.seq ?? 0
}

/** Returns the sequence of the pointer that KV has; -1 if that is unknown. */
export function readPublished(sql: SqlStorage): number {
  return sql
    .exec<{ sequence: number }>('SELECT published_sequence AS sequence FROM publication')
    .one().sequence
}

/** Stores the sequence of the pointer that KV has now; -1 if that is unknown. */
export function notePublished(sql: SqlStorage, sequence: number): void {
  sql.exec('UPDATE publication SET published_sequence = ?', sequence)
}

/** Returns the fault that an operator should know about. */
export function readFault(sql: SqlStorage, at: number): PublicationFault | null {
  const { fault, since } = sql
    .exec<{ fault: PublicationFault | null; since: number | null }>(
      'SELECT fault, failing_since AS since FROM publication',
    )
    .one()
  const isShort = fault === 'kv_unreachable' && at - (since ?? 0) < REVOCATION_UNPUBLISHED_SECONDS
  return isShort ? null : fault
}

/** Stores the fault with the time of its first occurrence. */
export function noteFault(sql: SqlStorage, fault: PublicationFault | null, at: number): void {
  sql.exec(
    `UPDATE publication SET fault = ?1,
       failing_since = CASE WHEN ?1 IS NULL THEN NULL ELSE COALESCE(failing_since, ?2) END`,
    fault,
    at,
  )
}
