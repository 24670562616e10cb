/**
 * The key epoch: one number that every change of what isolates know of the issuers' keys raises. An
 * isolate names the epoch that it has, and `listKeysAfter` lists only what is newer. Without a
 * change, the answer is empty, for any number of issuers.
 *
 * One answer holds a limited number of bytes. The rest follows in later answers. Until then, a
 * token of such an issuer makes the isolate call `refreshKeys`. Issuers of the deploy-time policy
 * come first. Administrators can then replace any document, however many keys its issuers publish.
 */
import type { IssuerKeys } from '../../../core/keys/issuer-keys.ts'
import { CLOCK_LEEWAY_SECONDS, SNAPSHOT_KEYS_MAX_BYTES } from '../../../core/limits.ts'
import type { KeyDelta, KnownSnapshot, SnapshotDelta } from '../../trust-layers/trust-messages.ts'
import { type IssuerKeyRow, listRows, markChanged } from './issuer-key-rows.ts'

/** The epoch of an isolate that has no keys. */
export const NO_EPOCH = -1

/**
 * Marks issuers whose good set became too old after a fetch showed no usable key, and issuers whose
 * set is young again because the clock was set back. This changes what isolates must know, and no
 * fetch marks it.
 */
export function markEmptied(sql: SqlStorage, at: number, maxStaleSeconds: number): void {
  const changed = sql
    .exec<{ url: string }>(
      `SELECT url FROM issuer_keys WHERE no_key_at IS NOT NULL AND fetched_at IS NOT NULL
         AND is_emptied != (fetched_at < ? OR fetched_at > ?)`,
      at - maxStaleSeconds,
      at + CLOCK_LEEWAY_SECONDS,
    )
    .toArray()
  for (const { url } of changed) {
    sql.exec('UPDATE issuer_keys SET is_emptied = 1 - is_emptied WHERE url = ?', url)
    markChanged(sql, url, 'keys')
  }
}

export function latestKeyEpoch(sql: SqlStorage): number {
  return sql.exec<{ latest: number }>('SELECT latest FROM key_epoch').one().latest
}

/** Lists what an isolate that has this epoch does not know yet. */
export function listKeysAfter(
  sql: SqlStorage,
  known: number,
  keysOf: (row: IssuerKeyRow) => IssuerKeys | undefined,
): KeyDelta {
  const { latest, removed_at: removedAt } = sql
    .exec<{ latest: number; removed_at: number }>('SELECT latest, removed_at FROM key_epoch')
    .one()
  if (known === latest) return { keyEpoch: latest, issuers: [], removed: [] }
  // A store that was restored from a backup can be behind the isolate.
  const from = known > latest ? NO_EPOCH : known
  const issuers: KeyDelta['issuers'][number][] = []
  const removed: string[] = []
  let left = SNAPSHOT_KEYS_MAX_BYTES
  let keyEpoch = latest
  let sentOfDocument = 0
  for (const row of listRowsAfter(sql, from)) {
    const { url, keys_epoch: keysEpoch } = row
    const held = keysOf(row)
    if (held === undefined) {
      removed.push(url)
      continue
    }
    const { keys, version, fetchedAt } = held
    // An empty set is always sent, because it can replace a set of an earlier epoch.
    if (keys.length === 0 || keysEpoch <= from) {
      issuers.push({ url, version, fetchedAt, ...(keys.length === 0 ? { keys } : {}) })
      continue
    }
    // The stored text is ASCII and at least as long as the data that is sent.
    left -= row.keys.length
    // One issuer of the document is always sent. Otherwise large policies would hold back the rest.
    const isFirst = row.is_policy === 0 && sentOfDocument === 0
    if (left >= 0 || isFirst) {
      issuers.push({ url, version, fetchedAt, keys })
      sentOfDocument += 1 - row.is_policy
    } else {
      // The isolate must not keep the previous keys until the new ones follow (NET-13).
      removed.push(url)
      keyEpoch = Math.min(keyEpoch, keysEpoch - 1)
    }
  }
  const hasDeleted = known !== NO_EPOCH && from < removedAt
  return { keyEpoch, issuers, removed, ...(hasDeleted ? { present: listUrls(sql) } : {}) }
}

type ChangedRow = IssuerKeyRow & { is_policy: number }

function listRowsAfter(sql: SqlStorage, epoch: number): readonly ChangedRow[] {
  return sql
    .exec<ChangedRow>(
      `SELECT *, url IN (SELECT url FROM issuers WHERE source = 'policy') AS is_policy
       FROM issuer_keys WHERE epoch > ? ORDER BY is_policy DESC, keys_epoch`,
      epoch,
    )
    .toArray()
}

function listUrls(sql: SqlStorage): readonly string[] {
  return sql
    .exec<{ url: string }>('SELECT url FROM issuer_keys')
    .toArray()
    .map(({ url }) => url)
}

/**
 * Answers a Worker of release 0.2.0, which runs beside this one during a deployment. It names a
 * version for each issuer, and the answer lists every issuer that has keys. The keys that it does
 * not have are sent, as many as fit into one answer.
 */
export function listKeysSince(
  sql: SqlStorage,
  { keyVersions }: KnownSnapshot,
  keysOf: (row: IssuerKeyRow) => IssuerKeys | undefined,
): SnapshotDelta['issuers'] {
  let left = SNAPSHOT_KEYS_MAX_BYTES
  return listRows(sql).flatMap((row) => {
    const { url } = row
    const held = keysOf(row)
    if (held === undefined) return []
    const { keys, version, fetchedAt } = held
    if (Object.hasOwn(keyVersions, url) && keyVersions[url] === version) {
      return [{ url, version, fetchedAt }]
    }
    // The stored text is ASCII and at least as long as the data that is sent.
    left -= row.keys.length
    return left < 0 ? [] : [{ url, version, fetchedAt, keys }]
  })
}
