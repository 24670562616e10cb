/**
 * The pages of a database that its log (`-wal`) has newer: which they are, and a digest of what the
 * file has in their place. It only reads. SQLite WAL-mode file format, sections 2.1 and 2.2.
 */
import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { endianness } from 'node:os'

const INDEX_BYTES = 100
/** Two numbers that are new each time when the log begins again. */
const SALTS = { from: 32, to: 40 }
const LOG_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
/** The newest frames are looked at. One transaction has a few. */
const MAX_FRAMES = 64
/** One could get its old content back before it is written to the file. Four do not. */
const MAX_PAGES = 4

/** How much of the log is in the file. */
export type LogIndex = {
  /** Of this run of the log. While it is the same, frames are only added, and not written over. */
  readonly salts: string
  /** Of the committed transactions. */
  readonly frames: number
  readonly framesInFile: number
}

/** Returns undefined without an index. */
export function readIndex(path: string): LogIndex | undefined {
  const index = readAt(`${path}-shm`, 0, INDEX_BYTES)
  if (index?.byteLength !== INDEX_BYTES) return undefined
  const read = (at: number) =>
    endianness() === 'LE' ? index.readUInt32LE(at) : index.readUInt32BE(at)
  const salts = index.subarray(SALTS.from, SALTS.to).toString('hex')
  return { salts, frames: read(16), framesInFile: read(96) }
}

/**
 * Returns the bytes of a page, and the numbers and digests of pages that are older in the file than in
 * the newest frames of the log. Undefined if none is.
 */
export function findOlderPages(path: string, frames: number): string | undefined {
  const log = `${path}-wal`
  const size = readAt(log, 8, 4)
  // SQLite has just removed the log, or begun another.
  if (size?.byteLength !== 4) return undefined
  const pageBytes = size.readUInt32BE()
  const seen = new Set<number>()
  const pages: string[] = []
  for (let frame = frames; frame > Math.max(0, frames - MAX_FRAMES); frame -= 1) {
    if (pages.length === MAX_PAGES) break
    const at = LOG_HEADER_BYTES + (frame - 1) * (FRAME_HEADER_BYTES + pageBytes)
    const found = readAt(log, at, FRAME_HEADER_BYTES + pageBytes)
    if (found?.byteLength !== FRAME_HEADER_BYTES + pageBytes) break
    const number = found.readUInt32BE()
    if (seen.has(number)) continue
    seen.add(number)
    // Read once: SQLite may be writing the page at this moment.
    const page = readPage(path, pageBytes, number)
    if (!found.subarray(FRAME_HEADER_BYTES).equals(page)) pages.push(renderPage(number, page))
  }
  return pages.length === 0 ? undefined : [pageBytes, ...pages].join(' ')
}

/** The same text of the pages that a text names, as they are now. Undefined for any other text. */
export function readPages(path: string, text: string): string | undefined {
  if (!/^\d{3,5}( \d{1,10}=[0-9a-f]{16}){1,4}$/.test(text)) return undefined
  const [pageBytes = '', ...pages] = text.split(' ')
  const numbers = pages.map((page) => Number.parseInt(page, 10))
  const read = (number: number) => renderPage(number, readPage(path, Number(pageBytes), number))
  return [pageBytes, ...numbers.map(read)].join(' ')
}

function renderPage(number: number, page: Buffer): string {
  return `${number}=${createHash('sha256').update(page).digest('hex').slice(0, 16)}`
}

/** Empty behind the end of the file. */
function readPage(path: string, pageBytes: number, number: number): Buffer {
  return readAt(path, (number - 1) * pageBytes, pageBytes) ?? Buffer.alloc(0)
}

/** Returns fewer bytes at the end of the file, and undefined without a file. */
export function readAt(path: string, at: number, bytes: number): Buffer | undefined {
  const file = openIfThere(path)
  if (file === undefined) return undefined
  try {
    const read = Buffer.alloc(bytes)
    return read.subarray(0, readSync(file, read, 0, bytes, at))
  } finally {
    closeSync(file)
  }
}

/** SQLite may remove the file at any moment. */
function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
