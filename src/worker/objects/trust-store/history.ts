/**
 * Takes the history of another gateway into a trust store without a revision. Its documents are
 * stored first, one at a time. No caller sees them as revisions until `importHistory` of the trust
 * store adds the rows, together with the revision that the import makes.
 */
import type { DocumentProblem } from '../../../contract/admin.ts'
import type { TrustHistory } from '../../../contract/backup/history.ts'
import { type PublicKey, readKeySet } from '../../../core/keys/issuer-keys.ts'
import { CLOCK_LEEWAY_SECONDS, SNAPSHOT_KEYS_MAX_BYTES } from '../../../core/limits.ts'
import { fail, ok, type Result } from '../../../web/result.ts'
import { digestOf } from '../../trust-layers/content/content.ts'
import type { IssuerKeyRow } from './issuer-key-rows.ts'
import { parseKeys, storeKeys } from './issuer-keys.ts'
import { latestRevision, readDocument, writeDocument, writeSummary } from './revisions.ts'

/** The last known keys of an issuer. The time is that of their fetch, in epoch seconds. */
export type StoredIssuerKeys = {
  readonly url: string
  readonly fetched_at: number
  readonly sequence: number | null
  readonly keys: readonly PublicKey[]
}

/** Stores a document of the history. Returns false if the store has a revision. */
export function stageDocument(sql: SqlStorage, revision: number, bytes: Uint8Array): boolean {
  if (latestRevision(sql) !== undefined) return false
  clearStaged(sql, revision, revision)
  writeDocument(sql, revision, bytes)
  return true
}

/** Deletes documents that an import left without a revision. */
export function clearStaged(
  sql: SqlStorage,
  from: number,
  to: number = Number.MAX_SAFE_INTEGER,
): void {
  sql.exec('DELETE FROM document_chunks WHERE revision BETWEEN ? AND ?', from, to)
}

/** Returns the newest document of a history whose documents have the digests of its revisions. */
export async function readNewest(
  sql: SqlStorage,
  { revisions }: TrustHistory,
  at: number,
): Promise<Result<Uint8Array, readonly DocumentProblem[]>> {
  const problems: DocumentProblem[] = []
  let newest: Uint8Array | undefined
  for (const [index, { revision, digest, kept, applied_at: appliedAt }] of revisions.entries()) {
    const refuse = (message: string) =>
      problems.push({ code: 'history_invalid', path: ['revisions', index], message })
    newest = kept ? readDocument(sql, revision) : undefined
    if (kept && (newest === undefined || (await digestOf(newest)) !== digest)) {
      refuse('has another digest than the document that was sent')
    }
    if (appliedAt > at + CLOCK_LEEWAY_SECONDS) refuse('has a time in the future')
    if (!kept && index === revisions.length - 1) refuse('is the newest and has no document')
  }
  return newest === undefined || problems.length > 0 ? fail(problems) : ok(newest)
}

/** Adds the rows. Returns the number of the newest. Call it in the transaction of the import. */
export function writeHistory(
  sql: SqlStorage,
  history: TrustHistory | undefined,
): number | undefined {
  for (const { kept, token_id: tokenId, message, ...summary } of history?.revisions ?? []) {
    if (!kept) clearStaged(sql, summary.revision, summary.revision)
    writeSummary(sql, {
      ...summary,
      ...(tokenId === undefined ? {} : { token_id: tokenId }),
      ...(message === undefined ? {} : { message }),
    })
  }
  return history?.revisions.length
}

/**
 * Stores the imported keys of issuers of the document, with the time of their fetch. They are
 * refreshed at once, and an old set is not used. Issuers of the deploy-time policy get none:
 * otherwise an author of the document could become an administrator (ADM-03).
 */
export function storeKeysOf(sql: SqlStorage, history: TrustHistory | undefined, at: number): void {
  for (const imported of history?.issuer_keys ?? []) {
    const { url, keys, fetched_at: fetchedAt, sequence } = imported
    const [named] = sql
      .exec<{ isPolicy: number }>(
        "SELECT MAX(source = 'policy') AS isPolicy FROM issuers WHERE url = ? GROUP BY url",
        url,
      )
      .toArray()
    const reading = readKeySet({ keys })
    if (named?.isPolicy !== 0 || !reading.ok || fetchedAt > at) continue
    const fetched = { keys: reading.value.keys, clockSkew: null, sequence, refreshHint: null }
    storeKeys(sql, url, fetched, fetchedAt)
    sql.exec('UPDATE issuer_keys SET next_fetch_at = ? WHERE url = ?', at, url)
  }
}

/** Returns the keys of issuers after a URL, as many as fit into one answer. */
export function listStoredKeys(sql: SqlStorage, after: string): readonly StoredIssuerKeys[] {
  // Every cursor is read to its end. An open one would keep the write-ahead log from being reused.
  const sizes = sql
    .exec<{ url: string; bytes: number }>(
      `SELECT url, octet_length(keys) AS bytes FROM issuer_keys
       WHERE url > ? AND fetched_at IS NOT NULL ORDER BY url`,
      after,
    )
    .toArray()
  let left = SNAPSHOT_KEYS_MAX_BYTES
  const over = sizes.findIndex(({ bytes }, index) => {
    left -= bytes
    return left < 0 && index > 0
  })
  const rows = sql
    .exec<IssuerKeyRow>(
      'SELECT * FROM issuer_keys WHERE url > ? AND fetched_at IS NOT NULL ORDER BY url LIMIT ?',
      after,
      over === -1 ? sizes.length : over,
    )
    .toArray()
  const found = rows.flatMap((row) => {
    const { url, fetched_at: fetchedAt, sequence } = row
    const keys = parseKeys(row)
    return keys ? [{ url, fetched_at: fetchedAt ?? 0, sequence, keys }] : []
  })
  const last = rows.at(-1)
  // An empty answer means the end. Here all of its rows are damaged.
  return last && found.length === 0 ? listStoredKeys(sql, last.url) : found
}
