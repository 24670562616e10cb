/**
 * Lists the issuers' keys that an isolate does not have yet, as many as fit into one answer of the
 * trust store. The rest follows in later answers. Until then, a token of such an issuer makes the
 * isolate call `refreshKeys`. Issuers of the deploy-time policy come first. Administrators can then
 * replace any document, however many keys its issuers publish.
 */
import type { IssuerKeys } from '../../../core/keys/issuer-keys.ts'
import { SNAPSHOT_KEYS_MAX_BYTES } from '../../../core/limits.ts'
import { type IssuerKeyRow, listRows } from './issuer-keys.ts'
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
