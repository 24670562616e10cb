/**
 * From the bytes of a stored revision to what can be used of it. Whatever stands there, this
 * answers: the admin plane, which replaces a broken document, goes through the same snapshot.
 */

import type { Ceilings, CompiledTrust } from '../../core/policy/compile/compiled.ts'
import { compileStored, type StoredTrust } from '../../core/policy/compile/stored.ts'
import { decodeUtf8 } from '../../web/bytes.ts'

/** What decides before the first revision. */
export const NOTHING: CompiledTrust = Object.freeze({
  issuers: new Map(),
  resources: new Map(),
  rules: [],
})

/** `bytes` are null where the store has none that it could send. Never throws. */
export function readStoredDocument(
  revision: number,
  bytes: Uint8Array | null,
  ceilings: Ceilings,
): StoredTrust {
  if (bytes === null && revision === 0) return { trust: NOTHING, problems: [] }
  if (bytes === null) return unusable('document_missing', 'is missing, or too large to be read')
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
    // A bug of the compiler, met by a document of another release, must not lock anybody out.
    return unusable('document_unreadable', 'cannot be read by this release')
  }
}

function unusable(code: string, message: string): StoredTrust {
  return { trust: undefined, problems: [{ code, path: [], message }] }
}
