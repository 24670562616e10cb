/** Writes the compiled form of a document and loads it. */
import { compileStored, type StoredTrust } from '../../../../src/core/policy/compile/stored.ts'
import { type LoadedTrust, readForm } from '../../../../src/core/policy/form/read-form.ts'
import { writeForm } from '../../../../src/core/policy/form/write-form.ts'
import { CEILINGS } from '../../../support/core-world.ts'

export const DIGEST = 'sha256:0'

function formOf(stored: StoredTrust): Uint8Array<ArrayBuffer> {
  const { trust, source, problems } = stored
  if (trust === undefined || source === undefined) throw new Error(JSON.stringify(problems))
  return writeForm({ digest: DIGEST, trust, source, problems }, CEILINGS)
}

export function loadForm(stored: StoredTrust): LoadedTrust {
  const loaded = readForm(formOf(stored), DIGEST, CEILINGS)
  if (typeof loaded === 'string') throw new Error(loaded)
  return loaded
}

export function formOfDocument(document: unknown): Uint8Array<ArrayBuffer> {
  return formOf(compileStored(document, CEILINGS))
}
