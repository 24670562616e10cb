/**
 * Whether a database of a state directory still has its changes. SQLite keeps the newest in a log beside
 * the file (`-wal`), and takes a file or a log without bytes for a new one, without an error.
 */
import { statSync } from 'node:fs'
import { listChangedPages, parsePages, readAt, readIndex, renderPages } from './stored-pages.ts'

/** SQLite file format, section 1.3: the header, and that of the first page behind it. */
const FIRST_PAGE_BYTES = 108
const TABLE_LEAF = 0x0d
/** A gateway under load may write while its log is read. The next look is ten seconds later. */
const MARK_ATTEMPTS = 5

/** Whether nothing is left: no file, no byte, or no table and no log that could have one. */
export function isEmptied(path: string): boolean {
  // SQLite deletes the log of a file without bytes.
  if (sizeOf(path) === 0) return true
  const page = readAt(path, 0, FIRST_PAGE_BYTES)
  if (page?.byteLength !== FIRST_PAGE_BYTES) return false
  const hasNoTable = page.readUInt8(100) === TABLE_LEAF && page.readUInt16BE(103) === 0
  return hasNoTable && !hasLog(path)
}

/**
 * Marks the file as it is while its log has changes that are not in it: by the pages that are newer in
 * the log, because a copy of the file has another time. Undefined without such changes.
 */
export function markOf(path: string): string | undefined {
  for (let attempt = 0; attempt < MARK_ATTEMPTS && hasLog(path); attempt += 1) {
    const index = readIndex(path)
    if (index === undefined) break
    if (index.frames === index.framesInFile) return undefined
    const pages = listChangedPages(path, index.frames)
    const mark = renderPages(path, pages)
    // After a checkpoint, the mark would have the newest pages, as a file that has lost nothing.
    if (readIndex(path)?.text !== index.text) continue
    if (pages.numbers.length > 0) return mark
    break
  }
  return hasLog(path) ? fileMark(path) : undefined
}

/**
 * Whether the file was emptied, or the log that the file with this mark needed is gone. SQLite removes a
 * log only after it has written the changes to the file.
 */
export function hasLostChanges(path: string, mark: string | undefined): boolean {
  return isEmptied(path) || (mark !== undefined && !hasLog(path) && isAsMarked(path, mark))
}

function isAsMarked(path: string, mark: string): boolean {
  const pages = parsePages(mark)
  return mark === (pages === undefined ? fileMark(path) : renderPages(path, pages))
}

function hasLog(path: string): boolean {
  return sizeOf(`${path}-wal`) > 0
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** Bytes, and nanoseconds of the last change. */
function fileMark(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats && `${stats.size}:${stats.mtimeNs}`
}
