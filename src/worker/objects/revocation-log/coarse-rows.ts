/**
 * The coarse revocations in the revocation log. One without a moment of its own stops issuing, and
 * revokes every token until it is lifted or ends. A repeated one never moves the moment back, and
 * never ends the stop. Each change gets a new sequence, so that it is published.
 */
import { MAX_TOKEN_LIFETIME_CEILING_SECONDS } from '../../../contract/limits.ts'
import { REVOCATION_MARGIN_SECONDS } from '../../../core/limits.ts'
import type { CoarseBound, CoarseGrain, CoarseName } from '../../../protocol/revocations.ts'
import { REVOCATION_SPREAD_SECONDS } from '../../limits.ts'

/**
 * The moment that is published. Isolates that do not know a stop yet still issue tokens, and these
 * are revoked as well. A stop of everything does not stop admin tokens, so those that are issued
 * soon after it are accepted later.
 */
export const BEFORE = `CASE
  WHEN stops_issuing = 0 THEN COALESCE(issued_before, expires_at)
  WHEN grain = 'all' THEN issued_before + ${REVOCATION_SPREAD_SECONDS}
  ELSE expires_at END`

/** Ranges of the grain make SQLite skip the tokens, which can be a million. */
export const IS_COARSE = "(grain < 'token' OR grain > 'token')"

/** Times are epoch seconds. */
export type CoarseRow = {
  readonly grain: CoarseGrain
  readonly id: string
  /** Tokens issued before this moment are revoked. */
  readonly issued_before: number
  /** 1 while no token is issued. */
  readonly stops_issuing: number
  readonly expires_at: number
  readonly revoked_at: number
  readonly revoked_by: string
  readonly reason: string | null
  readonly lifted_at: number | null
  readonly lifted_by: string | null
  readonly lift_reason: string | null
}

const COARSE_COLUMNS = `grain, id, COALESCE(issued_before, expires_at) AS issued_before,
  stops_issuing, expires_at, revoked_at, revoked_by, reason, lifted_at, lifted_by, lift_reason`

export type CoarseRevocation = {
  readonly grain: CoarseGrain
  readonly id: string
  /** Without it, issuing stops and the moment is now. */
  readonly before?: number | undefined
  readonly by: string
  readonly reason: string
}

/** Stores a coarse revocation. Null if its moment is in the future. */
export function writeCoarse(
  sql: SqlStorage,
  request: CoarseRevocation,
  at: number,
): CoarseRow | null {
  const { grain, id, before = at, by, reason } = request
  if (before > at) return null
  const old = findCoarseRow(sql, grain, id)
  const stops = request.before === undefined || isStopped(old, at) ? 1 : 0
  return replaceRow(sql, {
    grain,
    id,
    // The clock may have been set back (NET-14).
    issued_before: Math.max(before, old?.issued_before ?? 0),
    stops_issuing: stops,
    expires_at: Math.max(endOf(at), old?.expires_at ?? 0),
    revoked_at: Math.max(at, old?.revoked_at ?? 0),
    revoked_by: by,
    reason,
    lifted_at: null,
    lifted_by: null,
    lift_reason: null,
  })
}

/**
 * Lets issuing go on. Tokens issued before now stay revoked, and those of the second of the stop,
 * which may be older than it. Null if issuing is not stopped.
 */
export function liftCoarse(
  sql: SqlStorage,
  { grain, id, by, reason }: Omit<CoarseRevocation, 'before'>,
  at: number,
): CoarseRow | null {
  const old = findCoarseRow(sql, grain, id)
  if (!isStopped(old, at)) return null
  const spread = grain === 'all' ? REVOCATION_SPREAD_SECONDS : 1
  return replaceRow(sql, {
    ...old,
    issued_before: Math.max(at, old.issued_before + spread),
    stops_issuing: 0,
    expires_at: Math.max(endOf(at), old.expires_at),
    lifted_at: at,
    lifted_by: by,
    lift_reason: reason,
  })
}

type Stop = Pick<CoarseRow, 'stops_issuing' | 'expires_at'>

/** Whether issuing is stopped. A stop that has ended stays stored for a while. */
export function isStopped<Row extends Stop>(row: Row | undefined, at: number): row is Row {
  return row?.stops_issuing === 1 && row.expires_at > at
}

/** Nothing that was issued until now lives longer. */
export function endOf(at: number): number {
  return at + MAX_TOKEN_LIFETIME_CEILING_SECONDS + REVOCATION_MARGIN_SECONDS
}

/** Returns the coarse revocations in force. */
export function listCoarse(sql: SqlStorage, at: number): readonly CoarseRow[] {
  return sql
    .exec<CoarseRow>(
      `SELECT ${COARSE_COLUMNS} FROM revocations WHERE ${IS_COARSE} AND expires_at > ? ORDER BY +sequence`,
      at,
    )
    .toArray()
}

/** Returns the coarse revocations of these names, as they are published. */
export function findCoarse(sql: SqlStorage, names: readonly CoarseName[]): readonly CoarseBound[] {
  return names.flatMap((name) => {
    const [where, ...bindings] = matchName(name)
    const columns = `grain, id, ${BEFORE} AS before, expires_at, stops_issuing`
    const query = `SELECT ${columns} FROM revocations WHERE ${where}`
    return sql
      .exec<BoundRow>(query, ...bindings)
      .toArray()
      .map(toBound)
  })
}

/** Returns a condition that the index serves, and its values. */
export function matchName([grain, id]: CoarseName): readonly [where: string, ...values: string[]] {
  return id === undefined ? ['grain = ?', grain] : ['grain = ? AND id = ?', grain, id]
}

export type BoundRow = Omit<CoarseBound, 'stops'> & { readonly stops_issuing: number }

export function toBound({ stops_issuing: stops, ...bound }: BoundRow): CoarseBound {
  return stops === 1 ? { ...bound, stops: true } : bound
}

function findCoarseRow(sql: SqlStorage, grain: CoarseGrain, id: string): CoarseRow | undefined {
  const query = `SELECT ${COARSE_COLUMNS} FROM revocations WHERE grain = ? AND id = ?`
  return sql.exec<CoarseRow>(query, grain, id).toArray()[0]
}

function replaceRow(sql: SqlStorage, row: CoarseRow): CoarseRow {
  const names = Object.keys(row)
  sql.exec(
    `INSERT OR REPLACE INTO revocations (${names}) VALUES (${names.map(() => '?')})`,
    ...Object.values(row),
  )
  return row
}
