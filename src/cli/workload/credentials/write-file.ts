/**
 * Small text files of other tools: read whole, and replaced as one, so that nobody sees half a
 * file or reads it before its mode is set.
 */
import { randomUUID } from 'node:crypto'
import { lstat, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type CommandFailure, usageFailure } from '../../shell/failure.ts'
import { readInput } from '../../shell/read-input.ts'

const OWNER_ONLY = 0o600

/** The text of a file, or none where there is no file. */
export async function readTextIfAny(path: string, maxBytes: number): Promise<string> {
  const status = await lstat(path).catch(() => undefined)
  if (status === undefined) return ''
  // Through a link the token would end up where nobody named it.
  if (!status.isFile()) throw usageFailure(`${path} is not a regular file`)
  return (await readInput(path, maxBytes)).toString('utf8')
}

/** Before a token is asked for: whether a file can be made beside this one. It is made and removed. */
export async function checkFolder(path: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  try {
    await (await open(draft, 'wx', OWNER_ONLY)).close()
    await rm(draft)
  } catch (error) {
    throw cannotWrite(path, error)
  }
}

export async function writeText(path: string, text: string, mode: number): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  try {
    const file = await open(draft, 'wx', mode)
    try {
      await file.writeFile(text)
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw cannotWrite(path, error)
  }
}

function cannotWrite(path: string, error: unknown): CommandFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const message = `cannot write ${path}${code === '' ? '' : ` (${code})`}`
  return code === 'ENOENT'
    ? usageFailure(message, `make the folder first: mkdir -p ${dirname(path)}`)
    : usageFailure(message)
}
