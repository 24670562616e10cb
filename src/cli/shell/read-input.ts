/** Bounded reading of what the command line names: a file, or `-` for stdin. */
import { open } from 'node:fs/promises'
import { usageFailure } from './failure.ts'
import { currentIo } from './io.ts'
import { MAX_TOKEN_FILE_BYTES } from './limits.ts'

/** The token in a file or on stdin, without the line end that most tools add. */
export async function readToken(path: string): Promise<string> {
  const bytes = await readInput(path, MAX_TOKEN_FILE_BYTES)
  const token = bytes.toString('utf8').trim()
  if (token === '') throw usageFailure(`${nameOf(path)} holds no token`)
  // Never says what it read: it may be a secret of another kind.
  if (!/^[\x21-\x7e]+$/.test(token)) throw usageFailure(`${nameOf(path)} holds more than a token`)
  return token
}

/** Counts while reading: a pipe has no size. */
export async function readInput(path: string, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    const source = path === '-' ? currentIo().stdin : (await open(path)).createReadStream()
    for await (const chunk of source) {
      const bytes = Buffer.from(chunk)
      size += bytes.byteLength
      if (size > maxBytes) break
      chunks.push(bytes)
    }
  } catch (error) {
    throw usageFailure(`cannot read ${nameOf(path)}${describe(error)}`)
  }
  if (size > maxBytes) throw usageFailure(`${nameOf(path)} is larger than ${maxBytes} bytes`)
  return Buffer.concat(chunks)
}

function nameOf(path: string): string {
  return path === '-' ? 'stdin' : path
}

const REASONS = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'permission denied'],
  ['EISDIR', 'it is a directory'],
])

function describe(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return code === '' ? '' : `: ${REASONS.get(code) ?? code}`
}
