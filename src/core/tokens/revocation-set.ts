/**
 * A set of revoked tokens: sorted prefixes of the SHA-256 of each `jti`, with a fixed length. A
 * token that is not in the set is not revoked. A token in the set is revoked unless another `jti`
 * has the same prefix.
 */
import { PREFIX_BYTES } from '../../protocol/revocations.ts'
import { sha256Words } from '../../web/sha256.ts'

/** The two halves of a prefix, as unsigned 32-bit numbers. */
export type Prefix = { readonly high: number; readonly low: number }

/** The prefixes in ascending order, big-endian. */
export type RevocationSet = DataView

export function prefixOf(jti: string): Prefix {
  const words = sha256Words(jti)
  return { high: words[0] ?? 0, low: words[1] ?? 0 }
}

export function comparePrefixes(a: Prefix, b: Prefix): number {
  return a.high - b.high || a.low - b.low
}

/** Returns undefined if the length is not that of whole prefixes. */
export function readSet(bytes: Uint8Array): RevocationSet | undefined {
  if (bytes.byteLength % PREFIX_BYTES !== 0) return undefined
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Returns the content of the set of these prefixes. */
export function writeSet(prefixes: readonly Prefix[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(prefixes.length * PREFIX_BYTES)
  const view = new DataView(bytes.buffer)
  for (const [index, { high, low }] of prefixes.toSorted(comparePrefixes).entries()) {
    view.setUint32(index * PREFIX_BYTES, high)
    view.setUint32(index * PREFIX_BYTES + 4, low)
  }
  return bytes
}

/** Binary search. */
export function hasPrefix(set: RevocationSet, { high, low }: Prefix): boolean {
  let from = 0
  let to = set.byteLength / PREFIX_BYTES
  while (from < to) {
    const middle = (from + to) >>> 1
    const at = middle * PREFIX_BYTES
    const order = set.getUint32(at) - high || set.getUint32(at + 4) - low
    if (order === 0) return true
    if (order < 0) from = middle + 1
    else to = middle
  }
  return false
}
