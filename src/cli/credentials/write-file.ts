/**
 * Small text files of other tools: read whole, and replaced as one, so that nobody sees half a
 * file or reads it before its mode is set.
 */
import { randomUUID } from 'node:crypto'
import { lstat, open, rename, rm } from 'node:fs/promises'
import { usageFailure } from '../failure.ts'
import { readInput } from '../read-input.ts'

/** The text of a file, or none where there is no file. */
export async function readTextIfAny(path: string, maxBytes: number): Promise<string> {
  const status = await lstat(path).catch(() => undefined)
  if (status === undefined) return ''
  // Through a link the token would end up where nobody named it.
  if (!status.isFile()) throw usageFailure(`${path} is not a regular file`)
  return (await readInput(path, maxBytes)).toString('utf8')
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
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw usageFailure(`cannot write ${path}${code}`)
  }
}
