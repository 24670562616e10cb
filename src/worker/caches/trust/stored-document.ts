/**
 * Reads the bytes of a stored revision and returns what can be used of them. It never fails,
 * whatever is stored. Administrators need the same snapshot to replace a broken document.
 */

import type { Ceilings, CompiledTrust } from '../../../core/policy/compile/compiled.ts'
import { compileStored, type StoredTrust } from '../../../core/policy/compile/stored.ts'
import { decodeUtf8 } from '../../../web/bytes.ts'

/** The document that decides before the first revision. */
export const NOTHING: CompiledTrust = Object.freeze({
  issuers: new Map(),
  resources: new Map(),
  targets: new Map(),
  rules: [],
})

/** `bytes` is null if the store has no document or cannot send it. Never throws. */
export function readStoredDocument(
  revision: number,
  bytes: Uint8Array | null,
  ceilings: Ceilings,
): StoredTrust {
  if (bytes === null && revision === 0) return { trust: NOTHING, problems: [] }
  if (bytes === null) return unusable('document_missing', 'is missing, damaged or too large')
  const text = decodeUtf8(bytes)
  if (text === undefined) return unusable('not_json', 'is not JSON')
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return unusable('not_json', 'is not JSON')
  }
  try {
    return compileStored(document, ceilings)
  } catch {
    // A bug of the compiler must not lock administrators out.
    return unusable('document_unreadable', 'cannot be read by this release')
  }
}

function unusable(code: string, message: string): StoredTrust {
  return { trust: undefined, problems: [{ code, path: [], message }] }
}
