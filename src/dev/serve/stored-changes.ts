/**
 * Whether a database of a state directory still has its changes. SQLite keeps the newest in a log beside
 * the file (`-wal`), and takes a file or a log without bytes for a new one, without an error.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { endianness } from 'node:os'

/** SQLite file format, section 1.3: the header, and that of the first page behind it. */
const FIRST_PAGE_BYTES = 108
const TABLE_LEAF = 0x0d
/** SQLite WAL-mode file format, section 2.1. */
const INDEX_BYTES = 100

/** Whether nothing is left: no file, no byte, or no table and no log that could have one. */
export function isEmptied(path: string): boolean {
  // SQLite deletes the log of a file without bytes.
  if (sizeOf(path) === 0) return true
  const page = readStart(path, FIRST_PAGE_BYTES)
  const hasNoTable = page?.readUInt8(100) === TABLE_LEAF && page.readUInt16BE(103) === 0
  return hasNoTable && !hasLog(path)
}

/**
 * Names the file as it is (bytes and nanoseconds of its last change) while its log has changes that are
 * not in it. Undefined without such changes.
 */
export function markOf(path: string): string | undefined {
  if (!hasLog(path)) return undefined
  const index = readStart(`${path}-shm`, INDEX_BYTES)
  const read = (at: number) =>
    endianness() === 'LE' ? index?.readUInt32LE(at) : index?.readUInt32BE(at)
  const areAllInFile = index !== undefined && read(16) === read(96)
  return areAllInFile ? undefined : fileMark(path)
}

/**
 * Whether the file was emptied, or the log that the file with this mark needed is gone. SQLite removes a
 * log only after it has written the changes to the file.
 */
export function hasLostChanges(path: string, mark: string | undefined): boolean {
  return isEmptied(path) || (mark !== undefined && !hasLog(path) && fileMark(path) === mark)
}

function hasLog(path: string): boolean {
  return sizeOf(`${path}-wal`) > 0
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function fileMark(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats && `${stats.size}:${stats.mtimeNs}`
}

/** Returns undefined if the file is absent or shorter. */
function readStart(path: string, bytes: number): Buffer | undefined {
  if (sizeOf(path) < bytes) return undefined
  const file = openSync(path, 'r')
  try {
    const start = Buffer.alloc(bytes)
    return readSync(file, start, 0, bytes, 0) === bytes ? start : undefined
  } finally {
    closeSync(file)
  }
}
