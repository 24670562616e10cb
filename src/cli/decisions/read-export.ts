/**
 * Reads the lines of an export file, which may be compressed. A changed byte must not disappear while
 * reading, so a line ends only at a line feed, and bytes that are not UTF-8 are refused.
 */
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AS_WRITTEN, describeChange } from '../shell/faults/changed-file.ts'
import { unreadable } from '../shell/faults/file-fault.ts'
import { currentIo } from '../shell/io.ts'
import { MAX_EXPORT_LINE_BYTES } from '../shell/limits.ts'

const LINE_FEED = 0x0a
const GZIP_MAGIC = [0x1f, 0x8b]

/** The file is damaged in a way that leaves no lines to verify. */
export class DamagedExport extends Error {
  /** The line, from 1, in which reading ended. */
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

/** @throws {DamagedExport} and a usage failure if the file cannot be opened. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let rest = Buffer.alloc(0)
  let number = 1
  const decode = (bytes: Uint8Array) => {
    const change = number === 1 ? findChange(bytes) : undefined
    if (change !== undefined) throw new DamagedExport(number, change)
    try {
      return decoder.decode(bytes)
    } catch {
      throw new DamagedExport(number, 'is not UTF-8 text')
    }
  }
  try {
    for await (const chunk of await openSource(path)) {
      let start = 0
      const bytes = Buffer.concat([rest, chunk as Buffer])
      for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
        yield decode(bytes.subarray(start, end))
        number += 1
        start = end + 1
      }
      rest = bytes.subarray(start)
      if (rest.byteLength > MAX_EXPORT_LINE_BYTES) {
        throw new DamagedExport(number, `is longer than ${MAX_EXPORT_LINE_BYTES} bytes`)
      }
    }
  } catch (error) {
    if (!(error instanceof Error) || error instanceof DamagedExport || !('code' in error))
      throw error
    if (!String(error.code).startsWith('Z_')) throw unreadable(path, error)
    throw new DamagedExport(number, 'is where the compressed data is damaged or ends too early')
  }
  if (rest.byteLength > 0) yield decode(rest)
}

/** Describes what another program did to the whole file, as its first line shows. */
function findChange(bytes: Uint8Array): string | undefined {
  const change = describeChange(bytes)
  if (change === 'is compressed') return 'is compressed twice: decompress the file once'
  return change === undefined
    ? undefined
    : `${change}: another program changed the file; ${AS_WRITTEN}`
}

/** Whether the file is gzip. Throws a usage failure if it cannot be read. */
export async function isCompressed(path: string): Promise<boolean> {
  try {
    const file = await open(path)
    try {
      const { buffer } = await file.read(Buffer.alloc(GZIP_MAGIC.length), 0, GZIP_MAGIC.length)
      return GZIP_MAGIC.every((byte, index) => buffer[index] === byte)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw unreadable(path, error)
  }
}

async function openSource(path: string): Promise<Readable> {
  if (path === '-') return decompress(currentIo().stdin)
  try {
    const file = await open(path)
    return decompress(file.createReadStream())
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** Decompresses gzip, which its first two bytes tell. */
async function decompress(source: Readable): Promise<Readable> {
  const chunks = source[Symbol.asyncIterator]()
  let start = Buffer.alloc(0)
  while (start.byteLength < GZIP_MAGIC.length) {
    const { done, value } = (await chunks.next()) as IteratorResult<Buffer>
    if (done === true) break
    start = Buffer.concat([start, Buffer.from(value)])
  }
  const isGzip = GZIP_MAGIC.every((byte, index) => start[index] === byte)
  const whole = restOf(start, chunks as AsyncIterator<Buffer>)
  const stream = Readable.from(whole, { objectMode: false })
  if (!isGzip) return stream
  const unzip = createGunzip()
  stream.on('error', (error) => unzip.destroy(error))
  return stream.pipe(unzip)
}

async function* restOf(start: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (start.byteLength > 0) yield start
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    yield next.value
  }
}
