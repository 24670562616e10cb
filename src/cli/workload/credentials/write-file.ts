/**
 * Reads and replaces small text files of other tools. A file is replaced by renaming, so that no
 * process reads half a file, or a file before its mode is set.
 */
import { randomUUID } from 'node:crypto'
import { lstat, open, rename, rm } from 'node:fs/promises'
import { usageFailure } from '../../shell/failure.ts'
import { unwritable } from '../../shell/faults/file-fault.ts'
import { readInput } from '../../shell/read-input.ts'

const OWNER_ONLY = 0o600

/** Returns the text of a file, or an empty text when there is no file. */
export async function readTextIfAny(path: string, maxBytes: number): Promise<string> {
  const status = await lstat(path).catch(() => undefined)
  if (status === undefined) return ''
  // A link would put the token into a file that the user did not name.
  if (!status.isFile()) throw usageFailure(`${path} is not a regular file`)
  return (await readInput(path, maxBytes)).toString('utf8')
}

/** Checks before the exchange that the folder is writable. Creates and removes a file in it. */
export async function checkFolder(path: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  try {
    await (await open(draft, 'wx', OWNER_ONLY)).close()
    await rm(draft)
  } catch (error) {
    throw unwritable(path, error)
  }
}

export async function writeText(path: string, text: string, mode: number): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  try {
    const file = await open(draft, 'wx', mode)
    try {
      // The umask can take rights from the mode, also those of the owner.
      if (mode === OWNER_ONLY) await file.chmod(mode)
      await file.writeFile(text)
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    // `force` ignores only a draft that does not exist.
    await rm(draft, { force: true }).catch(() => undefined)
    throw unwritable(path, error)
  }
}
