/**
 * Stores the key sets of the trusted issuers: the last set, when the next fetch is due, and when a
 * token may cause one. `key-sources.ts` lists the issuers, `key-refresh.ts` fetches, and the trust
 * store sets the alarm.
 */
import type { IssuerKeys, KeyFault, PublicKey } from '../../../core/keys/issuer-keys.ts'
import { bundleEndpointOf } from '../../../core/keys/key-source.ts'
import {
  BUNDLE_REFRESH_LEAST_SECONDS,
  BUNDLE_REFRESH_SECONDS,
  CLOCK_LEEWAY_SECONDS,
  KEY_COOLDOWN_SECONDS,
  KEY_FIRST_RETRY_SECONDS,
  KEY_REFRESH_SECONDS,
} from '../../../core/limits.ts'
import { isJsonObject } from '../../../web/json.ts'
import type { KeyAnswer } from '../../trust-layers/trust-messages.ts'
import type { FetchedKeys, KeyFetchFault } from './fetch/fetch-issuer-keys.ts'
import { type IssuerKeyRow, markChanged, parseStored, readRow } from './issuer-key-rows.ts'

/**
 * Returns issuers whose next fetch is due, the longest waiting first. A fetch that is planned later
 * than one refresh interval from now was planned before the clock was set back. It is due too.
 * Otherwise a key that its issuer has withdrawn would stay in use (NET-14).
 */
export function listDue(sql: SqlStorage, at: number, limit: number): readonly string[] {
  return sql
    .exec<{ url: string }>(
      `SELECT url FROM issuer_keys WHERE next_fetch_at <= ? OR next_fetch_at > ?
       ORDER BY next_fetch_at LIMIT ?`,
      at,
      at + KEY_REFRESH_SECONDS,
      limit,
    )
    .toArray()
    .map(({ url }) => url)
}

/**
 * Returns the time of the next fetch. It is `at` if it was planned before the clock was set back.
 */
export function nextFetchAt(sql: SqlStorage, at: number): number | undefined {
  const { next } = sql
    .exec<{ next: number | null }>(
      'SELECT MIN(CASE WHEN next_fetch_at > ? THEN ? ELSE next_fetch_at END) AS next FROM issuer_keys',
      at + KEY_REFRESH_SECONDS,
      at,
    )
    .one()
  return next ?? undefined
}

/**
 * Whether the last good set is young enough. A set with a time in the future has unknown age. A damaged
 * set is never usable, so that the next token may cause a fetch.
 */
export function isUsableAt(row: IssuerKeyRow, at: number, most: number): boolean {
  return isYoung(row.fetched_at, at, most) && parseKeys(row) !== undefined
}

function isYoung(from: number | null, at: number, most: number): boolean {
  return from !== null && at - from <= most && from <= at + CLOCK_LEEWAY_SECONDS
}

/**
 * Returns the set for an isolate; undefined if no fetch has shown one, or if it is damaged. If no
 * good set is young enough and a fetch showed no usable key, the set is empty, so that no token
 * causes a second fetch. Its version is then negative and differs from every version with keys.
 */
export function toIssuerKeys(row: IssuerKeyRow, at: number, most: number): IssuerKeys | undefined {
  const { fetched_at: fetchedAt, no_key_at: noKeyAt, version } = row
  if (!isYoung(fetchedAt, at, most) && noKeyAt !== null && isYoung(noKeyAt, at, most)) {
    return { keys: [], fetchedAt: noKeyAt, version: -version - 1 }
  }
  const keys = parseKeys(row)
  return fetchedAt === null ? undefined : keys && { keys, fetchedAt, version }
}

/**
 * Parses stored keys. `readKeySet` checked them before they were stored. Undefined if they are
 * damaged: the issuer then has no keys until the next fetch, and the others keep theirs.
 */
export function parseKeys(row: IssuerKeyRow): readonly PublicKey[] | undefined {
  const keys = parseStored(row.keys)
  return Array.isArray(keys) && keys.every(isJsonObject) ? (keys as PublicKey[]) : undefined
}

/**
 * Whether a token may cause a fetch now. The caller checks this before the fetch, so that failed
 * fetches count too. Otherwise invented `kid` values would cause many fetches (NET-08).
 */
export function mayFetch(row: IssuerKeyRow, at: number, isUsable: boolean): boolean {
  const { kid_asked_at: asked, next_fetch_at: next, failures } = row
  // A time in the future was stored before the clock was set back.
  if (isUsable) return at - asked >= KEY_COOLDOWN_SECONDS || asked > at
  // Without a usable set, fetch the first time at once and later after the back-off.
  return failures === 0 || at >= next || next > at + KEY_REFRESH_SECONDS
}

/**
 * Returns how long `mayFetch` will be false; 0 if a token may cause a fetch now. The cool-down also
 * ends when the set becomes too old.
 */
function quietSecondsOf(row: IssuerKeyRow, at: number, most: number): number {
  const { kid_asked_at: asked, next_fetch_at: next, fetched_at: from } = row
  const isUsable = isUsableAt(row, at, most)
  if (mayFetch(row, at, isUsable)) return 0
  if (!isUsable || from === null) return next - at
  return Math.min(asked + KEY_COOLDOWN_SECONDS, from + most + 1) - at
}

export function markKidAsked(sql: SqlStorage, url: string, at: number): void {
  sql.exec('UPDATE issuer_keys SET kid_asked_at = ? WHERE url = ?', at, url)
}

/** How a good fetch changed the set. */
export type KeyChange = {
  readonly added: number
  readonly removed: number
  /** Every key is new: an urgent rotation, or the domain of the issuer has a new owner (ISS-05). */
  readonly isComplete: boolean
}

/** The result of a good fetch. */
export type GoodFetch = {
  readonly keys: readonly PublicKey[]
  readonly clockSkew: number | null
  readonly sequence: number | null
  readonly refreshHint: number | null
}

/** Whether a bundle is older than the stored one: a replay, or a mirror that is behind (SP-09). */
export function wentBack(sql: SqlStorage, url: string, sequence: number | null): boolean {
  const highest = readRow(sql, url)?.sequence ?? null
  return highest !== null && sequence !== null && sequence < highest
}

/** Stores a good fetch. Returns the change, or undefined if the set is the same. */
export function storeKeys(
  sql: SqlStorage,
  url: string,
  { keys, clockSkew, sequence, refreshHint }: GoodFetch,
  at: number,
): KeyChange | undefined {
  const row = readRow(sql, url)
  if (row === undefined) return undefined
  sql.exec(
    `UPDATE issuer_keys SET fetched_at = ?, next_fetch_at = ?, failures = 0, last_fault = NULL,
       fault_detail = '{}', no_key_at = NULL, is_emptied = 0, clock_skew = ?, sequence = ?
     WHERE url = ?`,
    at,
    at + refreshIntervalOf(url, refreshHint),
    clockSkew,
    sequence ?? row.sequence,
    url,
  )
  const before = new Set(parseKeys(row)?.map((key) => JSON.stringify(key)))
  const after = new Set(keys.map((key) => JSON.stringify(key)))
  const kept = [...after].filter((key) => before.has(key)).length
  // The same keys in another order are not a change. They are not logged and not sent to isolates.
  const isSame = kept === before.size && kept === after.size && row.fetched_at !== null
  markChanged(sql, url, isSame && row.is_emptied === 0 ? 'row' : 'keys')
  if (isSame) return undefined
  sql.exec('UPDATE key_versions SET latest = latest + 1')
  sql.exec(
    'UPDATE issuer_keys SET keys = ?, version = (SELECT latest FROM key_versions) WHERE url = ?',
    JSON.stringify(keys),
    url,
  )
  const isComplete = before.size > 0 && kept === 0
  const seen = readFirstSeen(row)
  const firstSeen = Object.fromEntries([...after].map((key) => [key, seen[key] ?? at]))
  sql.exec(
    'UPDATE issuer_keys SET first_seen = ?, replaced_at = ? WHERE url = ?',
    JSON.stringify(firstSeen),
    isComplete ? at : row.replaced_at,
    url,
  )
  return { added: after.size - kept, removed: before.size - kept, isComplete }
}

/**
 * Returns the refresh interval. A bundle sets it by `spiffe_refresh_hint`, within bounds (SP-09).
 */
function refreshIntervalOf(url: string, hint: number | null): number {
  if (bundleEndpointOf(url) === undefined) return KEY_REFRESH_SECONDS
  const asked = hint ?? BUNDLE_REFRESH_SECONDS
  return Math.min(Math.max(asked, BUNDLE_REFRESH_LEAST_SECONDS), KEY_REFRESH_SECONDS)
}

/** Returns when each key of the set was first seen (epoch seconds), by the JSON of the key. */
export function readFirstSeen(row: IssuerKeyRow): Readonly<Record<string, number>> {
  return (parseStored(row.first_seen) ?? {}) as Readonly<Record<string, number>>
}

/** Faults of a set that was read. A second fetch soon after gives the same result. */
const SHOWS_NO_KEY: readonly KeyFetchFault[] = ['no_usable_key', 'too_many_keys']

/** Keeps the stored set. While there is none, each failure lengthens the wait. */
export function storeFault(
  sql: SqlStorage,
  url: string,
  { fault, detail }: Extract<FetchedKeys, { ok: false }>,
  at: number,
): void {
  const row = readRow(sql, url)
  if (row === undefined) return
  const failures = row.failures + 1
  const backoff = Math.min(KEY_COOLDOWN_SECONDS, KEY_FIRST_RETRY_SECONDS * 2 ** (failures - 1))
  const showsNoKey = SHOWS_NO_KEY.includes(fault)
  sql.exec(
    `UPDATE issuer_keys SET failures = ?, last_fault = ?, fault_detail = ?, no_key_at = ?,
       failed_at = ?, next_fetch_at = ? WHERE url = ?`,
    failures,
    fault,
    JSON.stringify(detail),
    showsNoKey ? at : row.no_key_at,
    at,
    at + (row.fetched_at === null ? backoff : KEY_COOLDOWN_SECONDS),
    url,
  )
  if (showsNoKey) markChanged(sql, url, 'row')
}

/** Stores the unusable keys of the set. Returns true if they differ from the previous ones. */
export function storeUnusable(
  sql: SqlStorage,
  url: string,
  unusable: readonly KeyFault[],
): boolean {
  const text = JSON.stringify(unusable)
  if (readRow(sql, url)?.unusable === text) return false
  sql.exec('UPDATE issuer_keys SET unusable = ? WHERE url = ?', text, url)
  return true
}

export type KeyQuestion = {
  readonly keyId: string | undefined
  /** The version of a set that has this key id, but not the key that signed the token. */
  readonly rejected: number | undefined
}

/** Returns the set of a row, with `quietSeconds` if it does not have the key. */
export function answerQuestion(
  row: IssuerKeyRow,
  { keyId, rejected }: KeyQuestion,
  at: number,
  most: number,
): KeyAnswer | null {
  const held = toIssuerKeys(row, at, most)
  if (held === undefined) return null
  const has = keyId === undefined || held.keys.some(({ kid }) => kid === keyId)
  if (isUsableAt(row, at, most) && has && row.version !== rejected) return held
  return { ...held, quietSeconds: quietSecondsOf(row, at, most) }
}
