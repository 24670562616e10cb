/**
 * The revoked tokens that are in no segment yet. Each row is hashed once: the object remembers its
 * prefix until the row is in a segment.
 */

import { prefixOf } from '../../../core/tokens/revocation-set.ts'
import { REVOCATION_SEGMENT_MAX } from '../../limits.ts'
import type { SegmentEntry } from './segment-entries.ts'

type RecentToken = SegmentEntry & { readonly sequence: number }

export type RecentTokens = {
  /** Returns the tokens after the last one in a segment, at most as many as fit into one segment. */
  readonly list: () => readonly RecentToken[]
}

export function createRecentTokens(sql: SqlStorage): RecentTokens {
  let hashed: readonly RecentToken[] = []
  return {
    list() {
      const folded = readFolded(sql)
      const kept = hashed.filter(({ sequence }) => sequence > folded)
      // The plus sign keeps SQLite from an index that contains every token.
      const rows = sql.exec<{ sequence: number; id: string; expires_at: number }>(
        `SELECT sequence, id, expires_at FROM revocations
         WHERE sequence > ? AND +grain = 'token' ORDER BY sequence LIMIT ?`,
        kept.at(-1)?.sequence ?? folded,
        REVOCATION_SEGMENT_MAX - kept.length,
      )
      const added = Array.from(rows, ({ sequence, id, expires_at: endsAt }) => ({
        sequence,
        endsAt,
        ...prefixOf(id),
      }))
      hashed = added.length === 0 ? kept : [...kept, ...added]
      return hashed
    },
  }
}

function readFolded(sql: SqlStorage): number {
  return sql.exec<{ folded: number }>('SELECT folded_sequence AS folded FROM publication').one()
    .folded
}
