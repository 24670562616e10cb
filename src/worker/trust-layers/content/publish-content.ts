/**
 * Names the newest trust document and its compiled form in a pointer, and publishes both to KV under
 * their digests. KV deletes them after a time, so they are written again while they are in
 * use. If KV fails, readers ask the trust store, and the write is repeated.
 */
import { STORE_TIMEOUT_MILLISECONDS } from '../../../core/limits.ts'
import { withDeadline } from '../../../web/deadline.ts'
import { findContent, nameForm } from '../../objects/trust-store/compiled-forms.ts'
import { latestKeyEpoch } from '../../objects/trust-store/key-epoch.ts'
import { latestRevision } from '../../objects/trust-store/revisions.ts'
import {
  TRUST_CONTENT_KEEP_SECONDS,
  TRUST_CONTENT_RETRY_SECONDS,
  TRUST_CONTENT_REWRITE_SECONDS,
} from '../limits.ts'
import type { TrustPointer } from '../pointer.ts'
import { contentKeyOf } from './content.ts'

/** What was written, and the time of the next write (epoch seconds). */
export const PUBLISHED_CONTENT = `
  CREATE TABLE published_content (digest TEXT PRIMARY KEY, next_at INTEGER NOT NULL);
`

/** Returns the pointer. The caller has just made sure that the key epoch is the newest. */
export function namePointer(sql: SqlStorage, confirmedAt: number, instance: string): TrustPointer {
  const { revision = 0, digest: document = null } = latestRevision(sql) ?? {}
  const form = nameForm(sql, revision)
  const keyEpoch = latestKeyEpoch(sql)
  return { v: 1, confirmedAt, revision, document, ...(form && { form }), keyEpoch, instance }
}

/** Returns the digests of the newest revision: its document, and its form if there is one. */
function listNewest(sql: SqlStorage): readonly string[] {
  const latest = latestRevision(sql)
  if (latest === undefined) return []
  const form = nameForm(sql, latest.revision)
  return form === undefined ? [latest.digest] : [latest.digest, form.digest]
}

/** Returns the time of the next write; undefined if there is nothing to write. */
export function nextPublicationAt(sql: SqlStorage, at: number): number | undefined {
  const times = listNewest(sql).map((digest) => nextWriteAt(sql, digest, at))
  return times.length === 0 ? undefined : Math.min(...times)
}

function nextWriteAt(sql: SqlStorage, digest: string, at: number): number {
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

/** Writes what is due. Does not throw if KV fails. */
export async function publishContent(
  sql: SqlStorage,
  kv: KVNamespace | undefined,
  at: number,
): Promise<void> {
  const newest = listNewest(sql)
  if (kv === undefined || newest.length === 0) return
  const [document, form = document] = newest
  // Older content is not published again, so the table has two rows at most.
  sql.exec('DELETE FROM published_content WHERE digest NOT IN (?, ?)', document, form)
  for (const digest of newest) {
    if (nextWriteAt(sql, digest, at) <= at) await write(sql, kv, digest, at)
  }
}

async function write(sql: SqlStorage, kv: KVNamespace, digest: string, at: number): Promise<void> {
  sql.exec(
    'INSERT OR REPLACE INTO published_content VALUES (?, ?)',
    digest,
    at + TRUST_CONTENT_RETRY_SECONDS,
  )
  const bytes = findContent(sql, digest)
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
