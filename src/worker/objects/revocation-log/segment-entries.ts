/**
 * The entries of a segment as the revocation log keeps them: the prefix of a revoked token and the
 * end of its revocation, sorted by prefix. Merging needs the ends. The published content has only
 * the prefixes.
 */
import { comparePrefixes, type Prefix } from '../../../core/tokens/revocation-set.ts'
import { PREFIX_BYTES } from '../../../protocol/revocations.ts'

/** `endsAt` is in epoch seconds. */
export type SegmentEntry = Prefix & { readonly endsAt: number }

/** Eight bytes of prefix and four of the end, big-endian, in ascending order. */
export type SegmentEntries = Uint8Array<ArrayBuffer>

const ENTRY_BYTES = PREFIX_BYTES + 4
/** The last end that four bytes can contain: the year 2106. */
const LAST_END = 0xffff_ffff

export function countEntries(entries: SegmentEntries): number {
  return entries.byteLength / ENTRY_BYTES
}

export function packEntries(list: readonly SegmentEntry[]): SegmentEntries {
  const bytes = new Uint8Array(list.length * ENTRY_BYTES)
  const view = new DataView(bytes.buffer)
  for (const [index, { high, low, endsAt }] of list.toSorted(comparePrefixes).entries()) {
    view.setUint32(index * ENTRY_BYTES, high)
    view.setUint32(index * ENTRY_BYTES + 4, low)
    view.setUint32(index * ENTRY_BYTES + PREFIX_BYTES, Math.min(endsAt, LAST_END))
  }
  return bytes
}

/** Merges two segments. Leaves out entries that have ended, and of two equal prefixes the earlier end. */
export function mergeEntries(a: SegmentEntries, b: SegmentEntries, at: number): SegmentEntries {
  const merged = new Uint8Array(a.byteLength + b.byteLength)
  const target = new DataView(merged.buffer)
  const [left, right] = [viewOf(a), viewOf(b)]
  let [i, j, length] = [0, 0, 0]
  while (i < left.byteLength || j < right.byteLength) {
    const order = compareAt(left, i, right, j)
    const [view, offset] = order <= 0 ? [left, i] : [right, j]
    let endsAt = view.getUint32(offset + PREFIX_BYTES)
    if (order === 0) endsAt = Math.max(endsAt, right.getUint32(j + PREFIX_BYTES))
    if (endsAt > at) {
      target.setUint32(length, view.getUint32(offset))
      target.setUint32(length + 4, view.getUint32(offset + 4))
      target.setUint32(length + PREFIX_BYTES, endsAt)
      length += ENTRY_BYTES
    }
    if (order <= 0) i += ENTRY_BYTES
    if (order >= 0) j += ENTRY_BYTES
  }
  return merged.slice(0, length)
}

/** A segment that has no more entries comes last. */
function compareAt(left: DataView, i: number, right: DataView, j: number): number {
  if (i >= left.byteLength) return 1
  if (j >= right.byteLength) return -1
  return left.getUint32(i) - right.getUint32(j) || left.getUint32(i + 4) - right.getUint32(j + 4)
}

/** Returns the content that is published. */
export function prefixesOf(entries: SegmentEntries): Uint8Array<ArrayBuffer> {
  const count = countEntries(entries)
  const bytes = new Uint8Array(count * PREFIX_BYTES)
  const [source, target] = [viewOf(entries), new DataView(bytes.buffer)]
  for (let index = 0; index < count; index += 1) {
    target.setUint32(index * PREFIX_BYTES, source.getUint32(index * ENTRY_BYTES))
    target.setUint32(index * PREFIX_BYTES + 4, source.getUint32(index * ENTRY_BYTES + 4))
  }
  return bytes
}

/** Returns the end of the last entry, and the moment at which half of the entries have ended. */
export function endsOf(entries: SegmentEntries): { endsAt: number; halfEndsAt: number } {
  const view = viewOf(entries)
  const ends = Uint32Array.from({ length: countEntries(entries) }, (_, index) =>
    view.getUint32(index * ENTRY_BYTES + PREFIX_BYTES),
  ).sort()
  return { endsAt: ends.at(-1) ?? 0, halfEndsAt: ends[ends.length >>> 1] ?? 0 }
}

function viewOf(entries: SegmentEntries): DataView {
  return new DataView(entries.buffer, entries.byteOffset, entries.byteLength)
}
