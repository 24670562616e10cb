/** Stores revocations of single tokens, and deletes revocations of every grain that have ended. */
import { REVOCATION_MARGIN_SECONDS } from '../../../core/limits.ts'
import type { RevokedToken, TokenRevocation } from '../../../core/revocation-ports.ts'
import { REVOCATION_PURGE_ROWS } from '../../limits.ts'

/** A second revocation of the same token changes nothing. */
export function writeToken(
  sql: SqlStorage,
  { jti, expiresAt, by, reason }: TokenRevocation,
  at: number,
): RevokedToken {
  sql.exec(
    `INSERT OR IGNORE INTO revocations
       (grain, id, issued_before, expires_at, revoked_at, revoked_by, reason)
     VALUES ('token', ?, NULL, ?, ?, ?, ?)`,
    jti,
    expiresAt + REVOCATION_MARGIN_SECONDS,
    at,
    by,
    reason ?? null,
  )
  const { revoked_at: revokedAt, expires_at: end } = sql
    .exec<{ revoked_at: number; expires_at: number }>(
      "SELECT revoked_at, expires_at FROM revocations WHERE grain = 'token' AND id = ?",
      jti,
    )
    .one()
  return { revokedAt, expiresAt: end }
}

/** Deletes ended revocations. Returns whether there may be more. */
export function purgeEnded(sql: SqlStorage, at: number): boolean {
  sql.exec(
    `DELETE FROM revocations WHERE sequence IN
       (SELECT sequence FROM revocations WHERE expires_at <= ? LIMIT ?)`,
    at,
    REVOCATION_PURGE_ROWS,
  )
  const { deleted } = sql.exec<{ deleted: number }>('SELECT changes() AS deleted').one()
  return deleted === REVOCATION_PURGE_ROWS
}

/** Writes a row for a probe, and deletes it. */
export function probeToken(sql: SqlStorage, filling: string): void {
  // Row 0 does not raise the highest sequence number, so nothing is published.
  sql.exec(
    `INSERT INTO revocations (sequence, grain, id, expires_at, revoked_at, revoked_by)
     VALUES (0, 'probe', ?, 0, 0, '')`,
    filling,
  )
  sql.exec('DELETE FROM revocations WHERE sequence = 0')
}
