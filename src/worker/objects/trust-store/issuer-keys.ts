/**
 * The key sets of the trusted issuers in the trust store's tables: what was last fetched, when the
 * next fetch is due and when a token may cause one. `key-sources.ts` says which issuers there are,
 * `fetch-issuer-keys.ts` fetches, and the trust store decides when to wake up.
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
import type { FetchedKeys, KeyFetchFault } from './fetch-issuer-keys.ts'

/** Tables of this file, for the first migration of the trust store. */
export const ISSUER_KEY_TABLES = `
  CREATE TABLE issuers (
    url TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (url, source)
  );
  CREATE TABLE issuer_keys (
    url TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    fetched_at INTEGER,
    keys TEXT NOT NULL,
    next_fetch_at INTEGER NOT NULL,
    kid_asked_at INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    last_fault TEXT
  );
  CREATE TABLE key_versions (latest INTEGER NOT NULL);
  INSERT INTO key_versions (latest) VALUES (0);
`

/** What people ask of an issuer: what failed when, how far clocks are apart, how old each key is. */
export const ISSUER_FACTS = `
  ALTER TABLE issuer_keys ADD COLUMN failed_at INTEGER;
  ALTER TABLE issuer_keys ADD COLUMN clock_skew INTEGER;
  ALTER TABLE issuer_keys ADD COLUMN replaced_at INTEGER;
  ALTER TABLE issuer_keys ADD COLUMN first_seen TEXT NOT NULL DEFAULT '{}';
  CREATE TABLE decision_counts (
    issuer TEXT PRIMARY KEY,
    granted INTEGER NOT NULL,
    denied INTEGER NOT NULL,
    since INTEGER NOT NULL
  );
`

/** The highest sequence number that a SPIFFE bundle has had. */
export const BUNDLE_SEQUENCE = 'ALTER TABLE issuer_keys ADD COLUMN sequence INTEGER;'

/** Why keys are not used, what a fault was about, and when a fetch showed no usable key. */
export const UNUSABLE_KEYS = `
  ALTER TABLE issuer_keys ADD COLUMN unusable TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE issuer_keys ADD COLUMN fault_detail TEXT NOT NULL DEFAULT '{}';
  ALTER TABLE issuer_keys ADD COLUMN no_key_at INTEGER;
`

export type IssuerKeyRow = {
  /** The key source: the issuer's URL for most. */
  url: string
  /** 0 before the first set; unique among all sets that this store ever held. */
  version: number
  /** Epoch seconds of the last good fetch; null before the first. */
  fetched_at: number | null
  /** JSON of `PublicKey[]`. */
  keys: string
  /** Epoch seconds. */
  next_fetch_at: number
  /** Epoch seconds of the last fetch that an unknown `kid` caused; 0 for never. */
  kid_asked_at: number
  /** Failed fetches in a row. */
  failures: number
  last_fault: KeyFetchFault | null
  /** Epoch seconds of the last failed fetch. */
  failed_at: number | null
  /** Seconds by which the issuer's clock was ahead of ours at the last good fetch. */
  clock_skew: number | null
  /** Epoch seconds at which every key was another one than before. */
  replaced_at: number | null
  /** JSON: epoch seconds by the JSON of the key. */
  first_seen: string
  sequence: number | null
  /** JSON of `KeyFault[]`: of the last set that was read. */
  unusable: string
  /** JSON of `KeyFaultDetail`: of the last fault. */
  fault_detail: string
  /** Epoch seconds of the last fetch that showed no usable key; null after a good one. */
  no_key_at: number | null
}

export function readRow(sql: SqlStorage, url: string): IssuerKeyRow | undefined {
  return sql.exec<IssuerKeyRow>('SELECT * FROM issuer_keys WHERE url = ?', url).toArray()[0]
}

/** Issuers of the deploy-time policy come first. */
export function listRows(sql: SqlStorage): readonly IssuerKeyRow[] {
  return sql
    .exec<IssuerKeyRow>(
      `SELECT * FROM issuer_keys
       ORDER BY url IN (SELECT url FROM issuers WHERE source = 'policy') DESC, url`,
    )
    .toArray()
}

/**
 * Issuers whose next fetch is due, the longest waiting first. A fetch that is due later than one
 * refresh interval from now was planned before the clock was set back. It is due too: otherwise a
 * key that its issuer took back would stay (NET-14).
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

/** Epoch seconds of the next fetch of all, `at` for one that is due; undefined without issuers. */
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

/** Whether the last good set may still be believed; one from beyond the clock may have any age. */
export function isUsableAt({ fetched_at: from }: IssuerKeyRow, at: number, most: number): boolean {
  return isYoung(from, at, most)
}

function isYoung(from: number | null, at: number, most: number): boolean {
  return from !== null && at - from <= most && from <= at + CLOCK_LEEWAY_SECONDS
}

/**
 * The set as an isolate gets it; undefined while no fetch has shown one. Without a good set that is
 * young enough it is an empty one, if that is what a fetch showed: its tokens need no second try.
 * Its version is negative, so that nobody takes the keys of the older set for it.
 */
export function toIssuerKeys(row: IssuerKeyRow, at: number, most: number): IssuerKeys | undefined {
  const { fetched_at: fetchedAt, no_key_at: noKeyAt, version } = row
  if (!isUsableAt(row, at, most) && noKeyAt !== null && isYoung(noKeyAt, at, most)) {
    return { keys: [], fetchedAt: noKeyAt, version: -version - 1 }
  }
  return fetchedAt === null ? undefined : { keys: parseKeys(row), fetchedAt, version }
}

/** What we wrote ourselves, and `readKeySet` made precise before. */
export function parseKeys(row: IssuerKeyRow): readonly PublicKey[] {
  return JSON.parse(row.keys) as readonly PublicKey[]
}

/**
 * Whether a question may cause a fetch now. This is decided before fetching, so that failed fetches
 * count too: otherwise invented `kid` values would cause many fetches (NET-08).
 */
export function mayFetch(row: IssuerKeyRow, at: number, isUsable: boolean): boolean {
  const { kid_asked_at: asked, next_fetch_at: next, failures } = row
  // A moment that is yet to come was written under a clock that was set back since.
  if (isUsable) return at - asked >= KEY_COOLDOWN_SECONDS || asked > at
  // No set to work with: as soon as the back-off allows, and at once the very first time.
  return failures === 0 || at >= next || next > at + KEY_REFRESH_SECONDS
}

export function markKidAsked(sql: SqlStorage, url: string, at: number): void {
  sql.exec('UPDATE issuer_keys SET kid_asked_at = ? WHERE url = ?', at, url)
}

/** What a good fetch changed; undefined when the set is the one we had. */
export type KeyChange = {
  readonly added: number
  readonly removed: number
  /** Every key is new: an urgent rotation, or the domain of the issuer has a new owner (ISS-05). */
  readonly isComplete: boolean
}

/** What a good fetch brought. */
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
       fault_detail = '{}', no_key_at = NULL, clock_skew = ?, sequence = ? WHERE url = ?`,
    at,
    at + refreshIntervalOf(url, refreshHint),
    clockSkew,
    sequence ?? row.sequence,
    url,
  )
  const before = new Set(parseKeys(row).map((key) => JSON.stringify(key)))
  const after = new Set(keys.map((key) => JSON.stringify(key)))
  const kept = [...after].filter((key) => before.has(key)).length
  // The same keys in another order are no change: nothing is told, and nothing travels.
  const isSame = kept === before.size && kept === after.size
  if (isSame && row.fetched_at !== null) return undefined
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

/** The interval that the bundle's `spiffe_refresh_hint` asks for, within bounds (SP-09). */
function refreshIntervalOf(url: string, hint: number | null): number {
  if (bundleEndpointOf(url) === undefined) return KEY_REFRESH_SECONDS
  const asked = hint ?? BUNDLE_REFRESH_SECONDS
  return Math.min(Math.max(asked, BUNDLE_REFRESH_LEAST_SECONDS), KEY_REFRESH_SECONDS)
}

/** Epoch seconds at which each key of the set was first seen, by the JSON of the key. */
export function readFirstSeen(row: IssuerKeyRow): Readonly<Record<string, number>> {
  return JSON.parse(row.first_seen) as Readonly<Record<string, number>>
}

/** Faults of a fetch that succeeded: asking again soon brings the same. */
const SHOWS_NO_KEY: readonly KeyFetchFault[] = ['no_usable_key', 'too_many_keys']

/** A failed fetch leaves the set as it is; the next try waits longer while there is none. */
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
  sql.exec(
    `UPDATE issuer_keys SET failures = ?, last_fault = ?, fault_detail = ?, no_key_at = ?,
       failed_at = ?, next_fetch_at = ? WHERE url = ?`,
    failures,
    fault,
    JSON.stringify(detail),
    SHOWS_NO_KEY.includes(fault) ? at : row.no_key_at,
    at,
    at + (row.fetched_at === null ? backoff : KEY_COOLDOWN_SECONDS),
    url,
  )
}

/** Notes which keys of the set cannot be used. True when they are not those of the set before. */
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
