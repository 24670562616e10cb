/**
 * Stores the compiled form of the newest revisions, with its SHA-256 digest. A form is optional: if
 * there is none for a revision, isolates compile the document. `core/policy/form` defines it.
 */
import { DOCUMENT_CHUNK_BYTES, MAX_FORM_BYTES, MAX_STORED_FORMS } from '../../../core/limits.ts'
import type { Ceilings } from '../../../core/policy/compile/compiled.ts'
import type { StoredTrust } from '../../../core/policy/compile/stored.ts'
import { compilerOf } from '../../../core/policy/form/compiled-form.ts'
import { writeForm } from '../../../core/policy/form/write-form.ts'
import { joinBytes } from '../../../web/bytes.ts'
import { digestOf } from '../../trust-layers/content/content.ts'
import type { KnownSnapshot, SentForm, SnapshotDelta } from '../../trust-layers/trust-messages.ts'
import { findDocument, latestRevision, readDocument } from './revisions.ts'

export const FORM_TABLES = `
  CREATE TABLE compiled_forms (
    revision INTEGER PRIMARY KEY,
    compiler TEXT NOT NULL,
    digest TEXT NOT NULL
  );
  CREATE TABLE compiled_form_chunks (
    revision INTEGER NOT NULL,
    part INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (revision, part)
  );
`

export type MadeForm = {
  readonly compiler: string
  readonly digest: string
  readonly bytes: Uint8Array
}

/** Undefined if the document has no usable part, or if the form is too large to be sent. */
export async function makeForm(
  { trust, source, problems }: StoredTrust,
  documentDigest: string,
  ceilings: Ceilings,
): Promise<MadeForm | undefined> {
  if (trust === undefined || source === undefined) return undefined
  const bytes = writeForm({ digest: documentDigest, trust, source, problems }, ceilings)
  if (bytes.byteLength > MAX_FORM_BYTES) return undefined
  return { compiler: compilerOf(ceilings), digest: await digestOf(bytes), bytes }
}

/** Replaces the form of a revision, and deletes forms beyond the number that is kept. */
export function storeForm(sql: SqlStorage, revision: number, form: MadeForm): void {
  const { compiler, digest, bytes } = form
  deleteForms(sql, revision, revision)
  sql.exec('INSERT INTO compiled_forms VALUES (?, ?, ?)', revision, compiler, digest)
  for (let part = 0; part * DOCUMENT_CHUNK_BYTES < bytes.byteLength; part += 1) {
    const start = part * DOCUMENT_CHUNK_BYTES
    const chunk = bytes.slice(start, start + DOCUMENT_CHUNK_BYTES)
    sql.exec('INSERT INTO compiled_form_chunks VALUES (?, ?, ?)', revision, part, chunk)
  }
  deleteForms(sql, 0, revision - MAX_STORED_FORMS)
}

function deleteForms(sql: SqlStorage, from: number, to: number): void {
  sql.exec('DELETE FROM compiled_forms WHERE revision BETWEEN ? AND ?', from, to)
  sql.exec('DELETE FROM compiled_form_chunks WHERE revision BETWEEN ? AND ?', from, to)
}

/** Whether there is a form of this revision that this compiler made. */
export function hasForm(sql: SqlStorage, revision: number, compiler: string): boolean {
  return digestOfForm(sql, revision, compiler) !== undefined
}

function digestOfForm(sql: SqlStorage, revision: number, compiler: string): string | undefined {
  return sql
    .exec<{ digest: string }>(
      'SELECT digest FROM compiled_forms WHERE revision = ? AND compiler = ?',
      revision,
      compiler,
    )
    .toArray()[0]?.digest
}

/** The newest revision: its compiled form or its document, if the isolate does not have it. */
export function documentSince(
  sql: SqlStorage,
  known: KnownSnapshot,
): Pick<SnapshotDelta, 'revision' | 'document' | 'bytes' | 'form'> {
  const latest = latestRevision(sql)
  if (latest === undefined) return { revision: 0 }
  const { revision, digest } = latest
  const named = { revision, document: digest }
  // A store that was restored from a backup uses the numbers of revisions again.
  if (revision === known.revision && (known.document ?? digest) === digest) return named
  const { compiler } = known
  const form = compiler === undefined ? undefined : readStoredForm(sql, revision, digest, compiler)
  if (form !== undefined) return { ...named, form }
  const bytes = readDocument(sql, revision)
  return { ...named, ...(bytes === undefined ? {} : { bytes }) }
}

/** Returns the form of a revision; undefined if this compiler made none. */
function readStoredForm(
  sql: SqlStorage,
  revision: number,
  document: string,
  compiler: string,
): SentForm | undefined {
  const digest = digestOfForm(sql, revision, compiler)
  return digest === undefined
    ? undefined
    : { bytes: readFormBytes(sql, revision), digest, document }
}

function readFormBytes(sql: SqlStorage, revision: number): Uint8Array<ArrayBuffer> {
  const chunks = sql
    .exec<{ bytes: ArrayBuffer }>(
      'SELECT bytes FROM compiled_form_chunks WHERE revision = ? ORDER BY part',
      revision,
    )
    .toArray()
    .map(({ bytes }) => new Uint8Array(bytes))
  return joinBytes(chunks)
}

/** Names the form of a revision; undefined if there is none. */
export function nameForm(
  sql: SqlStorage,
  revision: number,
): { digest: string; compiler: string } | undefined {
  return sql
    .exec<{ digest: string; compiler: string }>(
      'SELECT digest, compiler FROM compiled_forms WHERE revision = ?',
      revision,
    )
    .toArray()[0]
}

/**
 * Returns the document or the form with this digest; undefined if it is not stored. The bytes may be
 * damaged, so the caller checks them against the digest.
 */
export function findContent(sql: SqlStorage, digest: string): Uint8Array | undefined {
  const [form] = sql
    .exec<{ revision: number }>('SELECT revision FROM compiled_forms WHERE digest = ?', digest)
    .toArray()
  return form === undefined ? findDocument(sql, digest) : readFormBytes(sql, form.revision)
}
