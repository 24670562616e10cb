/**
 * Publishes the newest trust document to KV, under its digest. KV deletes it after a time, so it is
 * written again while it is in use. If KV fails, readers ask the trust store, and the write is
 * repeated.
 */
import { STORE_TIMEOUT_MILLISECONDS } from '../../core/limits.ts'
import { withDeadline } from '../../web/deadline.ts'
import {
  TRUST_CONTENT_KEEP_SECONDS,
  TRUST_CONTENT_RETRY_SECONDS,
  TRUST_CONTENT_REWRITE_SECONDS,
} from '../limits.ts'
import { latestRevision, readDocument } from '../objects/trust-store/revisions.ts'
import { contentKeyOf } from './content.ts'

/** The digest that was last written, and the time of the next write (epoch seconds). */
export const PUBLISHED_CONTENT = `
  CREATE TABLE published_content (digest TEXT PRIMARY KEY, next_at INTEGER NOT NULL);
`

/** Returns the time of the next write; undefined if there is nothing to write. */
export function nextPublicationAt(sql: SqlStorage, at: number): number | undefined {
  const digest = latestRevision(sql)?.digest
  if (digest === undefined) return undefined
  const [row] = sql
    .exec<{ next: number }>(
      'SELECT next_at AS next FROM published_content WHERE digest = ?',
      digest,
    )
    .toArray()
  // A later time was stored before the clock was set back (NET-14).
  if (row === undefined || row.next > at + TRUST_CONTENT_REWRITE_SECONDS) return at
  return row.next
}

/** Writes the newest document if that is due. Never throws. */
export async function publishContent(
  sql: SqlStorage,
  kv: KVNamespace | undefined,
  at: number,
): Promise<void> {
  const next = nextPublicationAt(sql, at)
  const { revision = 0, digest } = latestRevision(sql) ?? {}
  if (kv === undefined || digest === undefined || next === undefined || next > at) return
  // Only the newest digest is published, so that the table has one row.
  sql.exec('DELETE FROM published_content WHERE digest != ?', digest)
  sql.exec(
    'INSERT OR REPLACE INTO published_content VALUES (?, ?)',
    digest,
    at + TRUST_CONTENT_RETRY_SECONDS,
  )
  const bytes = readDocument(sql, revision)
  if (bytes === undefined) return
  try {
    const options = { expirationTtl: TRUST_CONTENT_KEEP_SECONDS }
    await withDeadline(STORE_TIMEOUT_MILLISECONDS, kv.put(contentKeyOf(digest), bytes, options))
  } catch {
    return
  }
  const rewriteAt = at + TRUST_CONTENT_REWRITE_SECONDS
  sql.exec('UPDATE published_content SET next_at = ? WHERE digest = ?', rewriteAt, digest)
}
