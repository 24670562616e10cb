/**
 * The tables of the issuers' keys, and the number that every change of them raises. `issuer-keys.ts`
 * decides what a fetch changes, and `key-epoch.ts` lists what is newer than an epoch.
 */
import type { KeyFetchFault } from './fetch/fetch-issuer-keys.ts'

/** For the first migration of the trust store. */
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

/** Facts for operators: the last failure, the clock skew and the age of each key. */
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

/** Why keys are unusable, the details of the last fault, and when a fetch showed no usable key. */
export const UNUSABLE_KEYS = `
  ALTER TABLE issuer_keys ADD COLUMN unusable TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE issuer_keys ADD COLUMN fault_detail TEXT NOT NULL DEFAULT '{}';
  ALTER TABLE issuer_keys ADD COLUMN no_key_at INTEGER;
`

/**
 * `epoch`: the last change of the row. `keys_epoch`: the last change of its keys. `is_emptied`:
 * isolates have an empty set in place of the keys. Rows of earlier releases get different epochs,
 * so that an answer can end between any two of them.
 */
export const KEY_EPOCH = `
  ALTER TABLE issuer_keys ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE issuer_keys ADD COLUMN keys_epoch INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE issuer_keys ADD COLUMN is_emptied INTEGER NOT NULL DEFAULT 0;
  UPDATE issuer_keys SET epoch = rowid, keys_epoch = rowid;
  CREATE INDEX issuer_keys_by_epoch ON issuer_keys (epoch);
  CREATE INDEX issuer_keys_without_key ON issuer_keys (fetched_at) WHERE no_key_at IS NOT NULL;
  CREATE TABLE key_epoch (latest INTEGER NOT NULL, removed_at INTEGER NOT NULL);
  INSERT INTO key_epoch SELECT COALESCE(MAX(rowid), 0), 0 FROM issuer_keys;
`

export type IssuerKeyRow = {
  /** The key source: for most issuers their URL. */
  url: string
  /** 0 before the first set. Each set that this store has kept has another version. */
  version: number
  /** Epoch seconds of the last good fetch; null before the first. */
  fetched_at: number | null
  /** JSON of `PublicKey[]`. */
  keys: string
  /** Epoch seconds. */
  next_fetch_at: number
  /** Epoch seconds of the last fetch that an unknown `kid` caused; 0 if there was none. */
  kid_asked_at: number
  /** Failed fetches in a row. */
  failures: number
  last_fault: KeyFetchFault | null
  /** Epoch seconds of the last failed fetch. */
  failed_at: number | null
  /** Seconds by which the issuer's clock was ahead of ours at the last good fetch. */
  clock_skew: number | null
  /** Epoch seconds of the last fetch that replaced every key. */
  replaced_at: number | null
  /** JSON of an object: when each key was first seen (epoch seconds), by the JSON of the key. */
  first_seen: string
  sequence: number | null
  /** JSON of `KeyFault[]` for the last set that was read. */
  unusable: string
  /** JSON of `KeyFaultDetail` for the last fault. */
  fault_detail: string
  /** Epoch seconds of the last fetch that showed no usable key; null after a good fetch. */
  no_key_at: number | null
  /** See `KEY_EPOCH`. */
  epoch: number
  keys_epoch: number
  is_emptied: number
}

export function readRow(sql: SqlStorage, url: string): IssuerKeyRow | undefined {
  return sql.exec<IssuerKeyRow>('SELECT * FROM issuer_keys WHERE url = ?', url).toArray()[0]
}

/** Parses a text of JSON in a row. Undefined if it is damaged. */
export function parseStored(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Returns all rows. Issuers of the deploy-time policy come first. */
export function listRows(sql: SqlStorage): readonly IssuerKeyRow[] {
  return sql
    .exec<IssuerKeyRow>(
      `SELECT * FROM issuer_keys
       ORDER BY url IN (SELECT url FROM issuers WHERE source = 'policy') DESC, url`,
    )
    .toArray()
}

/** Raises the epoch and records that this row changed. */
export function markChanged(sql: SqlStorage, url: string, what: 'row' | 'keys'): void {
  sql.exec('UPDATE key_epoch SET latest = latest + 1')
  const columns = what === 'row' ? '(epoch)' : '(epoch, keys_epoch)'
  const values = what === 'row' ? 'SELECT latest' : 'SELECT latest, latest'
  sql.exec(`UPDATE issuer_keys SET ${columns} = (${values} FROM key_epoch) WHERE url = ?`, url)
}

/** Raises the epoch after rows were deleted. */
export function markRemoved(sql: SqlStorage): void {
  sql.exec('UPDATE key_epoch SET latest = latest + 1, removed_at = latest + 1')
}
