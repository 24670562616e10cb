/**
 * Looks up the revocations of a token in the revocation log: by its `jti`, or by what a coarse
 * revocation can name of it.
 */
import {
  COARSE_GRAINS,
  type CoarseName,
  coarseNamesOf,
  type RevocableToken,
} from '../../../protocol/revocations.ts'
import { BEFORE, IS_COARSE, matchName } from './coarse-rows.ts'

/** Whether a row revokes the token. Without `token`, only the `jti` is looked up. */
export function hasRevocation(
  sql: SqlStorage,
  jti: string,
  token: RevocableToken | undefined,
): boolean {
  const query = "SELECT 1 FROM revocations WHERE grain = 'token' AND id = ?"
  if (sql.exec(query, jti).toArray().length > 0) return true
  if (token === undefined) return false
  return coarseNamesOf(token).some((name) => hasCoarse(sql, name, token.iat))
}

function hasCoarse(sql: SqlStorage, name: CoarseName, issuedAt: number): boolean {
  const [where, ...bindings] = matchName(name)
  const query = `SELECT 1 FROM revocations WHERE ${where} AND ${BEFORE} > ? LIMIT 1`
  return sql.exec(query, ...bindings, issuedAt).toArray().length > 0
}

/** Whether a coarse revocation is in force. */
export function isAnyCoarse(sql: SqlStorage, at: number): boolean {
  const query = `SELECT 1 FROM revocations WHERE ${IS_COARSE} AND expires_at > ? LIMIT 1`
  return sql.exec(query, at).toArray().length > 0
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
