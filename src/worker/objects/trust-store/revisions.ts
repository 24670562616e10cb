/**
 * Stores the revisions of the trust document in the tables of the trust store, with number, author,
 * message, time and digest. The trust store checks a document and its number before it calls this file.
 */

import type { KeptRevision, RevisionSummary } from '../../../contract/admin.ts'
import {
  DOCUMENT_CHUNK_BYTES,
  MAX_DOCUMENT_BYTES,
  MAX_STORED_DOCUMENTS,
} from '../../../core/limits.ts'
import { joinBytes } from '../../../web/bytes.ts'
import { hasDigest } from '../../trust-layers/content/content.ts'
import type { PutRequest } from '../../trust-layers/trust-messages.ts'

/** Tables of this file, for the first migration of the trust store. */
export const REVISION_TABLES = `
  CREATE TABLE revisions (
    revision INTEGER PRIMARY KEY,
    digest TEXT NOT NULL,
    author TEXT NOT NULL,
    applied_at INTEGER NOT NULL
  );
  CREATE TABLE document_chunks (
    revision INTEGER NOT NULL,
    part INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (revision, part)
  );
`

/** Who wrote a revision, and why. Revisions of earlier releases have neither. */
export const REVISION_NOTES = `
  ALTER TABLE revisions ADD COLUMN token_id TEXT;
  ALTER TABLE revisions ADD COLUMN message TEXT;
`

type RevisionRow = Omit<RevisionSummary, 'token_id' | 'message'> & {
  readonly token_id: string | null
  readonly message: string | null
  /** 1 or 0. */
  readonly kept: number
}

/** Returns the newest revision; undefined if there is none. */
export function latestRevision(sql: SqlStorage): RevisionSummary | undefined {
  const [latest] = listRevisions(sql, 1)
  if (latest === undefined) return undefined
  const { kept: _, ...summary } = latest
  return summary
}

/** Returns the revisions before a number, newest first. */
export function listRevisions(
  sql: SqlStorage,
  limit: number,
  before: number = Number.MAX_SAFE_INTEGER,
): readonly KeptRevision[] {
  const rows = sql.exec<RevisionRow>(
    `SELECT revision, digest, author, applied_at, token_id, message,
       EXISTS (SELECT 1 FROM document_chunks WHERE revision = revisions.revision) AS kept
     FROM revisions WHERE revision < ? ORDER BY revision DESC LIMIT ?`,
    before,
    limit,
  )
  return rows.toArray().map(({ token_id: tokenId, message, kept, ...rest }) => ({
    ...rest,
    ...(tokenId === null ? {} : { token_id: tokenId }),
    ...(message === null ? {} : { message }),
    kept: kept === 1,
  }))
}

/** Returns the summary of the revision that a request makes. */
export function nextRevision(
  current: number,
  digest: string,
  { author, tokenId, message }: PutRequest,
  at: number,
): RevisionSummary {
  return {
    revision: current + 1,
    digest,
    author,
    applied_at: at,
    ...(tokenId === undefined ? {} : { token_id: tokenId }),
    ...(message === undefined ? {} : { message }),
  }
}

/**
 * Returns the document of a revision as JSON in UTF-8. Undefined if it is no longer stored, or if
 * it is larger than an answer of the store can be.
 */
export function readDocument(sql: SqlStorage, revision: number): Uint8Array | undefined {
  const { stored } = sql
    .exec<{ stored: number }>(
      'SELECT COALESCE(SUM(LENGTH(bytes)), 0) AS stored FROM document_chunks WHERE revision = ?',
      revision,
    )
    .one()
  if (stored > MAX_DOCUMENT_BYTES) return undefined
  const chunks = sql
    .exec<{ bytes: ArrayBuffer }>(
      'SELECT bytes FROM document_chunks WHERE revision = ? ORDER BY part',
      revision,
    )
    .toArray()
    .map(({ bytes }) => new Uint8Array(bytes))
  return chunks.length === 0 ? undefined : joinBytes(chunks)
}

/** Returns the document of a revision; undefined if it is not stored, too large or damaged. */
export async function readWhole(
  sql: SqlStorage,
  { revision, digest }: Pick<RevisionSummary, 'revision' | 'digest'>,
): Promise<Uint8Array | undefined> {
  const bytes = readDocument(sql, revision)
  return bytes && (await hasDigest(bytes, digest)) ? bytes : undefined
}

/**
 * Returns the document with this digest; undefined if it is not stored. The bytes may be damaged, so
 * the caller checks them against the digest.
 */
export function findDocument(sql: SqlStorage, digest: string): Uint8Array | undefined {
  const latest = listRevisions(sql, MAX_STORED_DOCUMENTS)
  const found = latest.find((summary) => summary.digest === digest)
  return found && readDocument(sql, found.revision)
}

/**
 * Stores the next revision and deletes documents beyond the number that is kept. The author, time
 * and digest of every revision remain. Call it in a transaction that has compared the revision.
 */
export function writeRevision(sql: SqlStorage, summary: RevisionSummary, bytes: Uint8Array): void {
  const { revision } = summary
  writeSummary(sql, summary)
  writeDocument(sql, revision, bytes)
  sql.exec('DELETE FROM document_chunks WHERE revision <= ?', revision - MAX_STORED_DOCUMENTS)
}

export function writeSummary(sql: SqlStorage, summary: RevisionSummary): void {
  const { revision, digest, author, applied_at, token_id = null, message = null } = summary
  sql.exec(
    `INSERT INTO revisions (revision, digest, author, applied_at, token_id, message)
     VALUES (?, ?, ?, ?, ?, ?)`,
    revision,
    digest,
    author,
    applied_at,
    token_id,
    message,
  )
}

export function writeDocument(sql: SqlStorage, revision: number, bytes: Uint8Array): void {
  for (let part = 0; part * DOCUMENT_CHUNK_BYTES < bytes.byteLength; part += 1) {
    const start = part * DOCUMENT_CHUNK_BYTES
    sql.exec(
      'INSERT INTO document_chunks (revision, part, bytes) VALUES (?, ?, ?)',
      revision,
      part,
      bytes.slice(start, start + DOCUMENT_CHUNK_BYTES),
    )
  }
}

/** Writes and deletes a row and a document. Revision numbers start at 1. */
export function probeRevision(sql: SqlStorage, filling: string): void {
  const probe = { revision: 0, digest: '', author: '', applied_at: 0 }
  writeRevision(sql, probe, new TextEncoder().encode(filling))
  sql.exec('DELETE FROM document_chunks WHERE revision = 0')
  sql.exec('DELETE FROM revisions WHERE revision = 0')
}
