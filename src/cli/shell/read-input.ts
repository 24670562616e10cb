/** Reads a file, or stdin for `-`, up to a size limit. */
import { open } from 'node:fs/promises'
import { readBounded } from '../../web/read-bounded.ts'
import { usageFailure } from './failure.ts'
import { unreadable } from './faults/file-fault.ts'
import { currentIo } from './io.ts'
import { MAX_TOKEN_FILE_BYTES } from './limits.ts'

/**
 * Reads a token from a file or stdin. Surrounding white space is removed, because most tools add a
 * line end.
 */
export async function readToken(path: string): Promise<string> {
  const bytes = await readInput(path, MAX_TOKEN_FILE_BYTES)
  const token = bytes.toString('utf8').trim()
  if (token === '') throw usageFailure(`${nameInput(path)} contains no token`)
  // The message does not quote the content, because it may be a secret of another kind.
  if (!/^[\w.~+/=-]+$/.test(token)) {
    throw usageFailure(
      `${nameInput(path)} contains more than a token`,
      'write only the token: no quotation marks, no JSON',
    )
  }
  return token
}

/** Reads all bytes. The limit is checked while reading, because the size of a pipe is unknown. */
export async function readInput(path: string, maxBytes: number): Promise<Buffer> {
  const bytes = await readAll(path, maxBytes).catch((error) => {
    throw unreadable(nameInput(path), error)
  })
  if (bytes === undefined) throw usageFailure(`${nameInput(path)} is larger than ${maxBytes} bytes`)
  return Buffer.from(bytes.buffer)
}

async function readAll(path: string, maxBytes: number) {
  const source = path === '-' ? currentIo().stdin : (await open(path)).createReadStream()
  return readBounded(source as AsyncIterable<Buffer>, maxBytes)
}

/** How messages name the input. */
export function nameInput(path: string): string {
  return path === '-' ? 'stdin' : path
}
