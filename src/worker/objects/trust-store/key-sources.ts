/**
 * Which issuers the trust store fetches keys for, and from which hosts besides their own, in its
 * tables: by the trust document, and by the deploy-time policy. The keys themselves are in
 * `issuer-keys.ts`.
 */
import { RELEASE } from '../../../protocol/release.ts'

/** Hosts of an issuer's keys, and the release that worked the sources out. */
export const KEY_HOSTS = `
  ALTER TABLE issuers ADD COLUMN key_hosts TEXT NOT NULL DEFAULT '[]';
  CREATE TABLE key_sources (release TEXT NOT NULL);
  INSERT INTO key_sources (release) VALUES ('');
`

/** Where an issuer is named: by the trust document, or by the deploy-time policy. */
export type IssuerSource = 'document' | 'policy'

export type KeySource = {
  /** The issuer's URL for most: see `core/evidence/keys/key-source.ts`. */
  readonly url: string
  readonly keyHosts: readonly string[]
}

/** Makes these the issuers of this source. Keys of an issuer that nobody names any more go. */
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
  sql.exec('DELETE FROM issuer_keys WHERE url NOT IN (SELECT url FROM issuers)')
  for (const url of named) {
    const now = readKeyHosts(sql, url)
    const hosts = before.get(url) ?? []
    // Its keys may have come from a host that nobody names any more.
    if (hosts.some((host) => !now.includes(host))) {
      sql.exec('DELETE FROM issuer_keys WHERE url = ?', url)
    }
    // A host that is new may be what the last fetch failed for.
    if (now.some((host) => !hosts.includes(host))) {
      sql.exec('UPDATE issuer_keys SET next_fetch_at = ? WHERE url = ?', at, url)
    }
    sql.exec(
      `INSERT OR IGNORE INTO issuer_keys
         (url, version, fetched_at, keys, next_fetch_at, kid_asked_at, failures, last_fault)
       VALUES (?, 0, NULL, '[]', ?, 0, 0, NULL)`,
      url,
      at,
    )
  }
}

/**
 * The hosts that the policy allows where it names this issuer, else those of the trust document. If
 * a document could add hosts for the keys of an administrator's issuer, its authors could become
 * administrators (ADM-03, NET-11). If it could remove hosts, no administrator could replace it.
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

/** Whether this release has worked out the sources: profiles of another one name other hosts. */
export function isOfThisRelease(sql: SqlStorage): boolean {
  return sql.exec<{ release: string }>('SELECT release FROM key_sources').one().release === RELEASE
}

export function markRelease(sql: SqlStorage): void {
  sql.exec('UPDATE key_sources SET release = ?', RELEASE)
}
