/**
 * The issuers' keys that an isolate does not hold yet, as far as one answer of the trust store can
 * carry them. The rest comes with the next answers; until then a token of such an issuer asks for
 * its keys by `refreshKeys`. Issuers of the deploy-time policy come first: an administrator must be
 * able to replace any document, whatever its issuers publish.
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
    // The stored text is ASCII, and no shorter than what travels.
    left -= row.keys.length
    return left < 0 ? [] : [{ url, version, fetchedAt, keys }]
  })
}
