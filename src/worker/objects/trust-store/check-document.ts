/**
 * Checks a trust document before it is stored: it is JSON within the size limit, it compiles, and
 * all parsers read the same document from it.
 */

import type { DocumentPath, DocumentProblem } from '../../../contract/admin.ts'
import { MAX_DOCUMENT_BYTES } from '../../../core/limits.ts'
import { compileParts, limitProblems } from '../../../core/policy/compile/compile.ts'
import type { CompiledTrust } from '../../../core/policy/compile/compiled.ts'
import { findUnusableKeys, type StoredTrust } from '../../../core/policy/compile/stored.ts'
import type { Settings } from '../../../core/settings.ts'
import { decodeUtf8 } from '../../../web/bytes.ts'
import { findRepeatedMember } from '../../../web/json.ts'
import type { KeySource } from './key-sources.ts'

export type CheckedDocument =
  | (StoredTrust & { readonly bytes: Uint8Array; readonly trust: CompiledTrust })
  | { readonly bytes: undefined; readonly problems: readonly DocumentProblem[] }

/** Compiles the document and serializes it again, so that all stored documents have one form. */
export function checkDocument(sent: Uint8Array, settings: Settings, at: number): CheckedDocument {
  const refuse = (code: string, message: string, path: DocumentPath = []): CheckedDocument => ({
    bytes: undefined,
    problems: [{ code, path, message }],
  })
  const tooLarge = () => refuse('document_too_large', `must be at most ${MAX_DOCUMENT_BYTES} bytes`)
  if (sent.byteLength > MAX_DOCUMENT_BYTES) return tooLarge()
  const text = decodeUtf8(sent)
  if (text === undefined) return refuse('not_json', 'is not JSON')
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return refuse('not_json', 'is not JSON')
  }
  const compiled = compileParts(document, settings.ceilings, { admitAt: at }, 'document')
  const { trust, source, problems } = compiled
  if (trust === undefined || problems.length > 0) {
    return { bytes: undefined, problems: limitProblems(problems) }
  }
  // JSON.parse keeps the last of two members with one name. A reviewer may have read the other one.
  const repeated = findRepeatedMember(text)
  if (repeated !== undefined) return refuse('key_repeated', 'duplicate key', repeated)
  const bytes = new TextEncoder().encode(JSON.stringify(document))
  // Serializing again can lengthen the text: `1e20` becomes 21 characters.
  if (bytes.byteLength > MAX_DOCUMENT_BYTES) return tooLarge()
  // An isolate that compiles the stored document reports these as well.
  return { bytes, trust, source, problems: findUnusableKeys(trust) }
}

/** Returns the key sources of all issuers without uploaded keys. */
export function keySources(trust: CompiledTrust): readonly KeySource[] {
  const fetched = [...trust.issuers.values()].filter((issuer) => issuer.uploadedKeys === undefined)
  return fetched.map(({ keySource, keyHosts }) => ({ url: keySource, keyHosts }))
}
