/**
 * The segments of the published set, in the revocation log. Recent tokens become a segment, and
 * segments of about the same size are merged. A token is therefore merged a few times in its life,
 * and one more revocation costs the same for any number of live ones. A segment never changes.
 */
import { REVOCATION_SNAPSHOT_MAX_AGE_SECONDS } from '../../../core/limits.ts'
import type { PublishedSegment } from '../../../protocol/revocations.ts'
import { toHex } from '../../../web/bytes.ts'
import { REVOCATION_REWRITE_SECONDS, REVOCATION_WAITING_FACTOR } from '../../limits.ts'
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

/** Puts the content of a segment into KV. Returns false if KV did not take it. */
export type WriteSegment = (
  segment: Pick<StoredSegment, 'digest' | 'endsAt'>,
  content: Uint8Array,
) => Promise<boolean>

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

/**
 * Moves recent tokens into segments, merges segments, and removes those that have ended. A new segment
 * is in KV before the pointer lists it: otherwise each isolate would look for it too early, KV would
 * remember for a minute that it is missing, and all of them would ask the log. While KV takes none,
 * tokens stay recent for as long as the pointer has room.
 */
export async function compactSegments(
  storage: DurableObjectStorage,
  recent: RecentTokens,
  { at, sizes, write }: { at: number; sizes: SetSizes; write: WriteSegment },
): Promise<void> {
  const { sql } = storage
  const replacing = { storage, at, write }
  for (let list = recent.list(); list.length > sizes.recent; list = recent.list()) {
    const live = list.filter(({ endsAt }) => endsAt > at)
    const isFull = list.length > REVOCATION_WAITING_FACTOR * sizes.recent
    const folded = list.at(-1)?.sequence ?? 0
    if (!(await replaceSegments(replacing, [], packEntries(live), { folded, isFull }))) break
  }
  for (const { digest } of listSegments(sql).filter(({ halfEndsAt }) => halfEndsAt <= at)) {
    const entries = readEntries(sql, digest) ?? NONE
    if (!(await replaceSegments(replacing, [digest], mergeEntries(entries, NONE, at)))) break
  }
  for (let pair = findPair(sql, sizes); pair !== undefined; pair = findPair(sql, sizes)) {
    const [a, b] = pair.map(({ digest }) => readEntries(sql, digest) ?? NONE)
    const merged = mergeEntries(a ?? NONE, b ?? NONE, at)
    const old = pair.map(({ digest }) => digest)
    if (!(await replaceSegments(replacing, old, merged))) break
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

type Replacing = {
  readonly storage: DurableObjectStorage
  readonly at: number
  readonly write: WriteSegment
}

/**
 * Replaces segments by one, and returns whether it did. If KV does not take the new one, it does so only
 * with `isFull`. All tokens up to `folded` are then in segments.
 */
async function replaceSegments(
  { storage, at, write }: Replacing,
  old: readonly string[],
  entries: SegmentEntries,
  { folded = 0, isFull = false } = {},
): Promise<boolean> {
  const content = prefixesOf(entries)
  const digest = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', content)))
  const { endsAt, halfEndsAt } = endsOf(entries)
  const isEmpty = entries.byteLength === 0
  const isWritten = isEmpty || (await write({ digest, endsAt }, content))
  if (!isWritten && !isFull) return false
  storage.transactionSync(() => {
    const { sql } = storage
    for (const name of old) {
      sql.exec('UPDATE segments SET retired_at = ? WHERE digest = ?', at, name)
    }
    if (!isEmpty) {
      sql.exec(
        `INSERT INTO segments (digest, count, ends_at, half_ends_at, entries, written_at)
         VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (digest) DO UPDATE SET retired_at = NULL, ends_at = excluded.ends_at,
           half_ends_at = excluded.half_ends_at, entries = excluded.entries,
           written_at = excluded.written_at`,
        digest,
        countEntries(entries),
        endsAt,
        halfEndsAt,
        entries,
        isWritten ? at : null,
      )
    }
    sql.exec('UPDATE publication SET folded_sequence = MAX(folded_sequence, ?)', folded)
  })
  return true
}

function readEntries(sql: SqlStorage, digest: string): SegmentEntries | undefined {
  const [row] = sql
    .exec<{ entries: ArrayBuffer }>('SELECT entries FROM segments WHERE digest = ?', digest)
    .toArray()
  return row && new Uint8Array(row.entries)
}
