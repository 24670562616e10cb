/**
 * What the revocation log publishes: a pointer to the segments, with the recent tokens and the
 * revocations of subjects, rules and issuers. Earlier releases read all revocations as one value.
 */
import {
  REVOCATION_SNAPSHOT_MAX_AGE_SECONDS,
  STORE_TIMEOUT_MILLISECONDS,
} from '../../../core/limits.ts'
import { writeSet } from '../../../core/tokens/revocation-set.ts'
import {
  type PublishedRevocations,
  type RevocationGrain,
  type RevocationPointer,
  segmentKeyOf,
} from '../../../protocol/revocations.ts'
import { encodeBase64Url } from '../../../web/base64.ts'
import { withDeadline } from '../../../web/deadline.ts'
import { REVOCATION_COARSE_MAX_BYTES, REVOCATION_WHOLE_MAX_BYTES } from '../../limits.ts'
import type { RecentTokens } from './recent-tokens.ts'
import { listSegments, noteWritten, readSegment } from './segments.ts'
import type { SetSizes } from './set-sizes.ts'

/** A reader can ask for the pointer a little before the recent tokens become a segment. */
const INLINE_FACTOR = 16

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
  if (count > sizes.published || inline.length > INLINE_FACTOR * sizes.recent) return null
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

/** Writes the segments that are not yet in KV. Throws if KV fails. */
export async function writeSegments(sql: SqlStorage, kv: KVNamespace, at: number): Promise<void> {
  for (const { digest, endsAt, writtenAt } of listSegments(sql)) {
    if (writtenAt !== null) continue
    const content = readSegment(sql, digest)
    if (content === undefined) continue
    // A reader can have a pointer to it for this long after its last token has expired.
    const expiration = Math.max(endsAt, at) + 2 * REVOCATION_SNAPSHOT_MAX_AGE_SECONDS
    await withDeadline(
      STORE_TIMEOUT_MILLISECONDS,
      kv.put(segmentKeyOf(digest), content, { expiration }),
    )
    noteWritten(sql, digest, at)
  }
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

/** Returns the highest sequence number that was ever used. It remains after its row is deleted. */
export function readSequence(sql: SqlStorage): number {
  const [row] = sql
    .exec<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'revocations'")
    .toArray()
  return row?.seq ?? 0
}

type CoarseRow = {
  grain: Exclude<RevocationGrain, 'token'>
  id: string
  before: number
  expires_at: number
}

/**
 * Returns null if they are too large. Ranges of the grain make SQLite skip the tokens. The plus sign
 * keeps it from reading all rows in their order.
 */
export function readCoarse(sql: SqlStorage, maxBytes: number): readonly CoarseRow[] | null {
  const coarse = "FROM revocations WHERE grain < 'token' OR grain > 'token'"
  // Another entry also has member names, and each byte of its id may become an escape of six
  // characters.
  const { bytes } = sql
    .exec<{ bytes: number }>(
      `SELECT COALESCE(SUM(6 * LENGTH(CAST(id AS BLOB)) + 96), 0) AS bytes ${coarse}`,
    )
    .one()
  if (bytes > maxBytes) return null
  return sql
    .exec<CoarseRow>(
      `SELECT grain, id, COALESCE(issued_before, expires_at) AS before, expires_at
       ${coarse} ORDER BY +sequence`,
    )
    .toArray()
}
