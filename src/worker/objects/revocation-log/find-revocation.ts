/**
 * Looks up the revocations of a token in the revocation log: by its `jti`, or by its subject, rule
 * or issuer.
 */
import {
  COARSE_GRAINS,
  coarseNamesOf,
  type RevocableToken,
  type RevocationGrain,
} from '../../../protocol/revocations.ts'

/** Whether a row revokes the token. Without `token`, only the `jti` is looked up. */
export function hasRevocation(
  sql: SqlStorage,
  jti: string,
  token: RevocableToken | undefined,
): boolean {
  if (hasRow(sql, 'token', jti, 0)) return true
  if (token === undefined) return false
  return coarseNamesOf(token).some(([grain, id]) => hasRow(sql, grain, id, token.iat))
}

/** A row without `issued_before` revokes the token whenever it was issued. */
function hasRow(sql: SqlStorage, grain: RevocationGrain, id: string, issuedAt: number): boolean {
  const rows = sql
    .exec(
      `SELECT 1 FROM revocations
       WHERE grain = ? AND id = ? AND COALESCE(issued_before, expires_at) > ?`,
      grain,
      id,
      issuedAt,
    )
    .toArray()
  return rows.length > 0
}

/**
 * Returns the end of the last revocation whose grain this release does not know. Epoch seconds, or
 * 0 if there is none.
 */
export function findUnknownEnd(sql: SqlStorage): number {
  const known = ['token', ...COARSE_GRAINS].sort()
  // Ranges between the known grains make SQLite skip their rows, which can be a million. The plus
  // sign keeps it from reading all rows by their end.
  const ranges = [...known, undefined].map((end, index) => {
    const start = known[index - 1]
    const bounds = [start && `grain > '${start}'`, end && `grain < '${end}'`]
    return `(${bounds.filter(Boolean).join(' AND ')})`
  })
  const { ends_at: endsAt } = sql
    .exec<{ ends_at: number }>(
      `SELECT COALESCE(MAX(+expires_at), 0) AS ends_at FROM revocations
       WHERE ${ranges.join(' OR ')}`,
    )
    .one()
  return endsAt
}
