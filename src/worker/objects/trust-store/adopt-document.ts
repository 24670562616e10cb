/**
 * Compiles the stored document again after a change of the release or of the settings. The result
 * gives the key sources of the document and its compiled form.
 */
import type { Ceilings } from '../../../core/policy/compile/compiled.ts'
import type { StoredTrust } from '../../../core/policy/compile/stored.ts'
import { compilerOf } from '../../../core/policy/form/compiled-form.ts'
import { readStoredDocument } from '../../caches/trust/stored-document.ts'
import { keySources } from './check-document.ts'
import { hasForm, makeForm, storeForm } from './compiled-forms.ts'
import { isOfThisRelease, markRelease, setIssuers } from './key-sources.ts'
import { latestRevision, readDocument, readWhole } from './revisions.ts'

/**
 * Computes the key sources. Returns what this release can use of the document, or undefined if
 * nothing has changed.
 */
export function adoptDocument(
  sql: SqlStorage,
  ceilings: Ceilings,
  at: number,
): StoredTrust | undefined {
  const revision = latestRevision(sql)?.revision ?? 0
  const isAdopted = isOfThisRelease(sql)
  if (isAdopted && (revision === 0 || hasForm(sql, revision, compilerOf(ceilings)))) {
    return undefined
  }
  const read = readStoredDocument(revision, readDocument(sql, revision) ?? null, ceilings)
  // If this release cannot use the document, its issuers stay as they are.
  if (isAdopted || read.trust === undefined) return read
  setIssuers(sql, 'document', keySources(read.trust), at)
  markRelease(sql)
  return read
}

/** Stores the compiled form of the newest revision. Without a form, isolates compile the document. */
export async function adoptForm(
  storage: DurableObjectStorage,
  read: StoredTrust,
  ceilings: Ceilings,
): Promise<void> {
  const latest = latestRevision(storage.sql)
  // Isolates would believe the digest of a form of a damaged document.
  if (latest === undefined || (await readWhole(storage.sql, latest)) === undefined) return
  const form = await makeForm(read, latest.digest, ceilings)
  if (form === undefined) return
  storage.transactionSync(() => storeForm(storage.sql, latest.revision, form))
}
