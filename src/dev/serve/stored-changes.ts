/**
 * Whether a database of a state directory still has its changes. SQLite keeps the newest in a log beside
 * the file (`-wal`), and takes a file or a log without bytes for a new one, without an error.
 */
import { statSync } from 'node:fs'
import { findOlderPages, type LogIndex, readAt, readIndex, readPages } from './stored-pages.ts'

/** SQLite file format, section 1.3: the header, and that of the first page behind it. */
const FIRST_PAGE_BYTES = 108
const MAGIC = Buffer.from('SQLite format 3\0')
const TABLE_LEAF = 0x0d
/** The log may begin again while it is read. The next look is ten seconds later. */
const MARK_ATTEMPTS = 5

/** Whether nothing is left: no file, no byte, or no table and no log that could have one. */
export function isEmptied(path: string): boolean {
  // SQLite deletes the log of a file without bytes.
  if (sizeOf(path) === 0) return true
  // Before the file: SQLite removes a log after it has written the file.
  if (hasLog(path)) return false
  const page = readAt(path, 0, FIRST_PAGE_BYTES)
  if (page?.byteLength !== FIRST_PAGE_BYTES) return false
  return page.readUInt8(100) === TABLE_LEAF && page.readUInt16BE(103) === 0
}

/**
 * Marks the file as it is while its log has changes that are not in it: by the pages that are newer in
 * the log, because a copy of the file has another time. Undefined without such changes. Returns the
 * former mark if the log cannot be read now, as without its index: when its changes are in the file,
 * that mark no longer fits.
 */
export function markOf(path: string, former?: string): string | undefined {
  for (let attempt = 0; attempt < MARK_ATTEMPTS; attempt += 1) {
    if (!hasLog(path)) return undefined
    const index = readIndex(path)
    if (index === undefined) return former
    if (index.frames === index.framesInFile) return undefined
    const mark = findOlderPages(path, index.frames)
    if (isSameRun(index, readIndex(path))) return mark
  }
  return former
}

/** After a checkpoint, other changes are written over those that were compared. */
function isSameRun({ salts, framesInFile }: LogIndex, later: LogIndex | undefined): boolean {
  return later?.salts === salts && later.framesInFile === framesInFile
}

/**
 * Whether the file was emptied, or the log that the file with this mark needed is gone. SQLite removes a
 * log only after it has written the changes to the file. A file that is no database is another fault,
 * which workerd reports.
 */
export function hasLostChanges(path: string, mark: string | undefined): boolean {
  if (isEmptied(path)) return true
  if (mark === undefined || hasLog(path) || !isDatabase(path)) return false
  return readPages(path, mark) === mark
}

function isDatabase(path: string): boolean {
  return readAt(path, 0, MAGIC.byteLength)?.equals(MAGIC) ?? false
}

function hasLog(path: string): boolean {
  return sizeOf(`${path}-wal`) > 0
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
