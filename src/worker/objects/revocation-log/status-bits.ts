/**
 * The revoked tokens of a status list, in the revocation log. A `jti` begins with the name of its
 * list, so the index of the table finds the tokens of one list. Later questions read only rows that
 * were added since.
 */
import {
  readPosition,
  STATUS_LIST_ENTRIES,
  setInvalid,
} from '../../../protocol/status/status-list.ts'
import { MAX_STATUS_BITS } from '../../caches/status/limits.ts'
import type { CoarseRevocation } from '../status-lists/messages.ts'
import { readCoarse } from './publication.ts'
import { readSequence } from './publication-state.ts'

export type StatusBits = (list: string) => Uint8Array

type Known = { readonly sequence: number; readonly bits: Uint8Array }

const NONE = new Uint8Array()

/** A bit stays set after its token has expired, which no verifier can tell. */
export function createStatusBits(sql: SqlStorage): StatusBits {
  const lists = new Map<string, Known>()
  return (list) => {
    const known = lists.get(list)
    const sequence = readSequence(sql)
    if (known?.sequence === sequence) return known.bits
    let bits = known?.bits ?? NONE
    for (const { id } of readIds(sql, list, known?.sequence)) {
      const position = readPosition(id)
      if (position?.list !== list) continue
      if (bits === NONE) bits = new Uint8Array(STATUS_LIST_ENTRIES / 8)
      setInvalid(bits, position.index)
    }
    lists.delete(list)
    // Otherwise names that no list has could take the room of lists with revoked tokens (WRK-10).
    if (bits === NONE) return bits
    lists.set(list, { sequence, bits })
    const [oldest] = lists.keys()
    if (lists.size > MAX_STATUS_BITS && oldest !== undefined) lists.delete(oldest)
    return bits
  }
}

function readIds(sql: SqlStorage, list: string, after: number | undefined) {
  if (after === undefined) {
    // `~` is behind every character of a `jti`.
    return sql.exec<{ id: string }>(
      "SELECT id FROM revocations WHERE grain = 'token' AND id >= ?1 AND id < ?1 || '~'",
      list,
    )
  }
  return sql.exec<{ id: string }>(
    "SELECT id FROM revocations WHERE sequence > ? AND +grain = 'token'",
    after,
  )
}

/**
 * Returns the coarse revocations in force that a status list can show, as they are published. It
 * cannot show a subject: a block of indexes has tokens of many.
 */
export function readListed(sql: SqlStorage, at: number): readonly CoarseRevocation[] {
  const published = readCoarse(sql, Number.POSITIVE_INFINITY) ?? []
  return published.filter(({ grain, expires_at: end }) => grain !== 'subject' && end > at)
}
