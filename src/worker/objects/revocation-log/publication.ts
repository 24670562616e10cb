/**
 * What the revocation log publishes, and writing it to KV: a pointer to the segments, with the recent
 * tokens and the coarse revocations. Earlier releases read all revocations as one value.
 * `publication-state.ts` keeps what KV has.
 */
import {
  REVOCATION_SNAPSHOT_MAX_AGE_SECONDS,
  STORE_TIMEOUT_MILLISECONDS,
} from '../../../core/limits.ts'
import type { Clock } from '../../../core/ports.ts'
import { writeSet } from '../../../core/tokens/revocation-set.ts'
import {
  type CoarseBound,
  type PublishedRevocations,
  REVOCATIONS_ELSEWHERE,
  REVOCATIONS_KEY,
  type RevocationPointer,
  segmentKeyOf,
} from '../../../protocol/revocations.ts'
import { encodeBase64Url } from '../../../web/base64.ts'
import { withDeadline } from '../../../web/deadline.ts'
import {
  REVOCATION_COARSE_MAX_BYTES,
  REVOCATION_INLINE_FACTOR,
  REVOCATION_WHOLE_MAX_BYTES,
} from '../../limits.ts'
import { BEFORE, type BoundRow, IS_COARSE, toBound } from './coarse-rows.ts'
import { notePublished, type PublicationFault, readSequence } from './publication-state.ts'
import type { RecentTokens } from './recent-tokens.ts'
import {
  listSegments,
  noteWritten,
  readSegment,
  type StoredSegment,
  type WriteSegment,
} from './segments.ts'
import type { SetSizes } from './set-sizes.ts'

/** Returns the current pointer; null if there are more revocations than readers accept. */
export function buildPointer(
  sql: SqlStorage,
  recent: RecentTokens,
  at: number,
  sizes: SetSizes,
): RevocationPointer | null {
  const segments = listSegments(sql).map(({ digest, count }) => ({ digest, count }))
  const inline = recent.list().filter(({ endsAt }) => endsAt > at)
  const count = segments.reduce((sum, segment) => sum + segment.count, inline.length)
  if (count > sizes.published || inline.length > REVOCATION_INLINE_FACTOR * sizes.recent)
    return null
  const before = readCoarse(sql, sizes.coarseBytes)
  return (
    before && {
      v: 2,
      sequence: readSequence(sql),
      published_at: at,
      segments,
      recent: encodeBase64Url(writeSet(inline)),
      before,
    }
  )
}

/** What is published instead of a pointer that readers would not accept. */
type ElsewhereMarker = Pick<RevocationPointer, 'sequence' | 'published_at'> & {
  readonly v: typeof REVOCATIONS_ELSEWHERE
}

/** No release reads the version of this marker, so every reader asks the log. */
export function buildMarker(sql: SqlStorage, at: number): ElsewhereMarker {
  return { v: REVOCATIONS_ELSEWHERE, sequence: readSequence(sql), published_at: at }
}

type Publishing = {
  readonly sql: SqlStorage
  readonly kv: KVNamespace
  readonly clock: Clock
}

/**
 * Publishes a pointer with its segments, or the marker that sends readers to the log, and notes what
 * KV has then. Returns why readers do not see the newest revocations; null if they do.
 */
export async function publish(
  { sql, kv, clock }: Publishing,
  value: RevocationPointer | ElsewhereMarker,
): Promise<PublicationFault | null> {
  const pointer = value.v === REVOCATIONS_ELSEWHERE ? null : value
  try {
    // A reader of the pointer must find its segments.
    if (pointer !== null) await writeSegments(sql, kv, clock())
    await withDeadline(STORE_TIMEOUT_MILLISECONDS, kv.put(REVOCATIONS_KEY, JSON.stringify(value)))
  } catch {
    // The content of the key is now unknown, so publish even if nothing changes.
    notePublished(sql, -1)
    return 'kv_unreachable'
  }
  notePublished(sql, value.sequence)
  return pointer === null ? 'too_large' : null
}

/** Writes the segments that are not yet in KV. Throws if KV fails. */
async function writeSegments(sql: SqlStorage, kv: KVNamespace, at: number): Promise<void> {
  for (const segment of listSegments(sql)) {
    if (segment.writtenAt !== null) continue
    const content = readSegment(sql, segment.digest)
    if (content === undefined) continue
    await putSegment(kv, segment, content, at)
    noteWritten(sql, segment.digest, at)
  }
}

/** Returns a function that puts segments into KV, and gives up after the first failure. */
export function createSegmentWriter(kv: KVNamespace, at: number): WriteSegment {
  let hasFailed = false
  return async (segment, content) => {
    if (hasFailed) return false
    try {
      await putSegment(kv, segment, content, at)
    } catch {
      hasFailed = true
    }
    return !hasFailed
  }
}

async function putSegment(
  kv: KVNamespace,
  { digest, endsAt }: Pick<StoredSegment, 'digest' | 'endsAt'>,
  content: Uint8Array,
  at: number,
): Promise<void> {
  // A reader can have a pointer to it for this long after its last token has expired.
  const expiration = Math.max(endsAt, at) + 2 * REVOCATION_SNAPSHOT_MAX_AGE_SECONDS
  await withDeadline(
    STORE_TIMEOUT_MILLISECONDS,
    kv.put(segmentKeyOf(digest), content, { expiration }),
  )
}

/**
 * Returns all revocations in the form that earlier releases read; null if building it would delay
 * the log.
 */
export function buildWhole(sql: SqlStorage, at: number): PublishedRevocations | null {
  const { bytes } = sql
    .exec<{ bytes: number }>(
      // An entry is `"id":1800000000,`. The limit bounds the rows that are read.
      `SELECT COALESCE(SUM(LENGTH(id) + 14), 0) AS bytes FROM
         (SELECT id FROM revocations WHERE grain = 'token' LIMIT ?)`,
      Math.ceil(REVOCATION_WHOLE_MAX_BYTES / 14),
    )
    .one()
  const before = readCoarse(sql, REVOCATION_COARSE_MAX_BYTES)
  if (bytes > REVOCATION_WHOLE_MAX_BYTES || before === null) return null
  const tokens = sql
    .exec<{ id: string; expires_at: number }>(
      "SELECT id, expires_at FROM revocations WHERE grain = 'token' ORDER BY sequence",
    )
    .toArray()
  return {
    v: 1,
    sequence: readSequence(sql),
    published_at: at,
    tokens: Object.fromEntries(tokens.map(({ id, expires_at }) => [id, expires_at])),
    before,
  }
}

/**
 * Returns null if they are too large. The plus sign keeps SQLite from reading all rows in their
 * order.
 */
export function readCoarse(sql: SqlStorage, maxBytes: number): readonly CoarseBound[] | null {
  const coarse = `FROM revocations WHERE ${IS_COARSE}`
  // Another entry also has member names, and each byte of its id may become an escape of six
  // characters.
  const { bytes } = sql
    .exec<{ bytes: number }>(
      `SELECT COALESCE(SUM(6 * LENGTH(CAST(id AS BLOB)) + 112), 0) AS bytes ${coarse}`,
    )
    .one()
  if (bytes > maxBytes) return null
  return sql
    .exec<BoundRow>(
      `SELECT grain, id, ${BEFORE} AS before, expires_at, stops_issuing
       ${coarse} ORDER BY +sequence`,
    )
    .toArray()
    .map(toBound)
}
