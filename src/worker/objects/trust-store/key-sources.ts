/**
 * Stores which issuers the trust store fetches keys for, and the hosts that are allowed besides
 * their own. The trust document and the deploy-time policy name them. `issuer-keys.ts` stores the
 * keys.
 */
import { RELEASE } from '../../../protocol/release.ts'
import { markChanged, markRemoved } from './issuer-key-rows.ts'

/** The key hosts of each issuer, and the release that computed the sources. */
export const KEY_HOSTS = `
  ALTER TABLE issuers ADD COLUMN key_hosts TEXT NOT NULL DEFAULT '[]';
  CREATE TABLE key_sources (release TEXT NOT NULL);
  INSERT INTO key_sources (release) VALUES ('');
`

/** Where an issuer is configured: in the trust document or in the deploy-time policy. */
export type IssuerSource = 'document' | 'policy'

export type KeySource = {
  /** For most issuers their URL: see `core/keys/key-source.ts`. */
  readonly url: string
  readonly keyHosts: readonly string[]
}

/**
 * Replaces the issuers of this source. Deletes the keys of issuers that no source names any more.
 */
export function setIssuers(
  sql: SqlStorage,
  source: IssuerSource,
  keySources: readonly KeySource[],
  at: number,
): void {
  const named = new Set(keySources.map(({ url }) => url))
  const before = new Map([...named].map((url) => [url, readKeyHosts(sql, url)]))
  sql.exec('DELETE FROM issuers WHERE source = ?', source)
  for (const { url, keyHosts } of keySources) {
    sql.exec(
      'INSERT INTO issuers (url, source, key_hosts) VALUES (?, ?, ?)',
      url,
      source,
      JSON.stringify(keyHosts),
    )
  }
  const deleted = sql.exec('DELETE FROM issuer_keys WHERE url NOT IN (SELECT url FROM issuers)')
  if (deleted.rowsWritten > 0) markRemoved(sql)
  for (const url of named) {
    const now = readKeyHosts(sql, url)
    const hosts = before.get(url) ?? []
    // The keys may have come from a host that is no longer allowed.
    if (hosts.some((host) => !now.includes(host))) {
      sql.exec('DELETE FROM issuer_keys WHERE url = ?', url)
    }
    // The last fetch may have failed because this host was not allowed.
    if (now.some((host) => !hosts.includes(host))) {
      sql.exec('UPDATE issuer_keys SET next_fetch_at = ? WHERE url = ?', at, url)
    }
    const inserted = sql.exec(
      `INSERT OR IGNORE INTO issuer_keys
         (url, version, fetched_at, keys, next_fetch_at, kid_asked_at, failures, last_fault)
       VALUES (?, 0, NULL, '[]', ?, 0, 0, NULL)`,
      url,
      at,
    )
    // This also tells isolates that the keys of a row that was just deleted are gone.
    if (inserted.rowsWritten > 0) markChanged(sql, url, 'keys')
  }
}

/**
 * Returns the key hosts of an issuer: those of the policy if it names the issuer, else those of the
 * trust document. If a document could add key hosts for an administrator's issuer, its authors
 * could become administrators (ADM-03, NET-11). If it could remove them, it could lock all
 * administrators out.
 */
export function readKeyHosts(sql: SqlStorage, url: string): readonly string[] {
  const [decisive] = sql
    .exec<{ key_hosts: string }>(
      `SELECT key_hosts FROM issuers WHERE url = ? ORDER BY source = 'policy' DESC LIMIT 1`,
      url,
    )
    .toArray()
  return decisive === undefined ? [] : (JSON.parse(decisive.key_hosts) as readonly string[])
}

/**
 * Whether this release computed the sources. Provider profiles of another release may name other
 * hosts.
 */
export function isOfThisRelease(sql: SqlStorage): boolean {
  return sql.exec<{ release: string }>('SELECT release FROM key_sources').one().release === RELEASE
}

export function markRelease(sql: SqlStorage): void {
  sql.exec('UPDATE key_sources SET release = ?', RELEASE)
}
