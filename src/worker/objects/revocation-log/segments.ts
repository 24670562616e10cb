/**
 * The segments of the published set, in the revocation log. Recent tokens become a segment, and
 * segments of about the same size are merged. A token is therefore merged a few times in its life,
 * and one more revocation costs the same for any number of live ones. A segment never changes.
 */
import { REVOCATION_SNAPSHOT_MAX_AGE_SECONDS } from '../../../core/limits.ts'
import type { PublishedSegment } from '../../../protocol/revocations.ts'
import { toHex } from '../../../web/bytes.ts'
import { REVOCATION_REWRITE_SECONDS } from '../../limits.ts'
import type { RecentTokens } from './recent-tokens.ts'
import {
  countEntries,
  endsOf,
  mergeEntries,
  packEntries,
  prefixesOf,
  type SegmentEntries,
} from './segment-entries.ts'
import type { SetSizes } from './set-sizes.ts'

/** `writtenAt` is the time of the last successful write to KV. Null if there was none. */
export type StoredSegment = PublishedSegment & {
  readonly endsAt: number
  readonly halfEndsAt: number
  readonly writtenAt: number | null
}

const NONE: SegmentEntries = new Uint8Array()

/** Returns the segments that the pointer lists. */
export function listSegments(sql: SqlStorage): readonly StoredSegment[] {
  return sql
    .exec<StoredSegment>(
      `SELECT digest, count, ends_at AS endsAt, half_ends_at AS halfEndsAt, written_at AS writtenAt
       FROM segments WHERE retired_at IS NULL ORDER BY count DESC, digest`,
    )
    .toArray()
}

/** Returns the content of a segment, also of one that was merged a short time ago. */
export function readSegment(sql: SqlStorage, digest: string): Uint8Array<ArrayBuffer> | undefined {
  const entries = readEntries(sql, digest)
  return entries && prefixesOf(entries)
}

/** Notes that a segment is in KV. */
export function noteWritten(sql: SqlStorage, digest: string, at: number): void {
  sql.exec('UPDATE segments SET written_at = ? WHERE digest = ?', at, digest)
}

/**
 * Notes that a reader did not find a segment in KV, so that it is written again. Returns false if
 * it was written a short time ago and KV may still distribute it.
 */
export function noteMissed(sql: SqlStorage, digest: string, at: number): boolean {
  const { rowsWritten } = sql.exec(
    `UPDATE segments SET written_at = NULL
     WHERE digest = ? AND retired_at IS NULL AND written_at <= ?`,
    digest,
    at - REVOCATION_REWRITE_SECONDS,
  )
  return rowsWritten > 0
}

/** Moves recent tokens into segments, merges segments, and removes those that have ended. */
export async function compactSegments(
  storage: DurableObjectStorage,
  recent: RecentTokens,
  at: number,
  sizes: SetSizes,
): Promise<void> {
  const { sql } = storage
  for (let list = recent.list(); list.length > sizes.recent; list = recent.list()) {
    const live = list.filter(({ endsAt }) => endsAt > at)
    await replaceSegments(storage, [], packEntries(live), at, list.at(-1)?.sequence ?? 0)
  }
  for (const { digest } of listSegments(sql).filter(({ halfEndsAt }) => halfEndsAt <= at)) {
    const entries = readEntries(sql, digest) ?? NONE
    await replaceSegments(storage, [digest], mergeEntries(entries, NONE, at), at)
  }
  for (let pair = findPair(sql, sizes); pair !== undefined; pair = findPair(sql, sizes)) {
    const [a, b] = pair.map(({ digest }) => readEntries(sql, digest) ?? NONE)
    const merged = mergeEntries(a ?? NONE, b ?? NONE, at)
    await replaceSegments(
      storage,
      pair.map(({ digest }) => digest),
      merged,
      at,
    )
  }
  // Until then a reader can have a pointer that lists it.
  sql.exec(
    'DELETE FROM segments WHERE retired_at <= ?',
    at - REVOCATION_SNAPSHOT_MAX_AGE_SECONDS - REVOCATION_REWRITE_SECONDS,
  )
}

/** Returns two segments of about the same size that fit into one. */
function findPair(sql: SqlStorage, sizes: SetSizes): readonly StoredSegment[] | undefined {
  const last = new Map<number, StoredSegment>()
  for (const segment of listSegments(sql)) {
    const size = Math.floor(Math.log2(segment.count))
    const other = last.get(size)
    if (other !== undefined && other.count + segment.count <= sizes.segment) {
      return [other, segment]
    }
    last.set(size, segment)
  }
  return undefined
}

/** Replaces segments by one. All tokens up to `folded` are then in segments. */
async function replaceSegments(
  storage: DurableObjectStorage,
  old: readonly string[],
  entries: SegmentEntries,
  at: number,
  folded = 0,
): Promise<void> {
  const digest = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', prefixesOf(entries))))
  const { endsAt, halfEndsAt } = endsOf(entries)
  storage.transactionSync(() => {
    const { sql } = storage
    for (const name of old) {
      sql.exec('UPDATE segments SET retired_at = ? WHERE digest = ?', at, name)
    }
    if (entries.byteLength > 0) {
      sql.exec(
        `INSERT INTO segments (digest, count, ends_at, half_ends_at, entries) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (digest) DO UPDATE SET retired_at = NULL, ends_at = excluded.ends_at,
           half_ends_at = excluded.half_ends_at, entries = excluded.entries, written_at = NULL`,
        digest,
        countEntries(entries),
        endsAt,
        halfEndsAt,
        entries,
      )
    }
    sql.exec('UPDATE publication SET folded_sequence = MAX(folded_sequence, ?)', folded)
  })
}

function readEntries(sql: SqlStorage, digest: string): SegmentEntries | undefined {
  const [row] = sql
    .exec<{ entries: ArrayBuffer }>('SELECT entries FROM segments WHERE digest = ?', digest)
    .toArray()
  return row && new Uint8Array(row.entries)
}
