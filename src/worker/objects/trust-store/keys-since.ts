/**
 * Answers a Worker of release 0.2.0, which runs beside this one during a deployment. It names a
 * version for each issuer, and the answer lists every issuer that has keys. The keys that it does
 * not have are sent, as many as fit into one answer. `key-epoch.ts` answers all other Workers.
 */
import type { IssuerKeys } from '../../../core/keys/issuer-keys.ts'
import { SNAPSHOT_KEYS_MAX_BYTES } from '../../../core/limits.ts'
import { type IssuerKeyRow, listRows } from './issuer-key-rows.ts'
import type { KnownSnapshot, SnapshotDelta } from './trust-messages.ts'

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
