/**
 * The file in which `exec` keeps a token. Only its owner can read it. It is replaced by renaming,
 * so that a reader always gets one whole token.
 */
import { randomUUID } from 'node:crypto'
import { lstat, open, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { usageFailure } from '../../shell/failure.ts'
import { describeCode, unwritable } from '../../shell/faults/file-fault.ts'
import { say } from '../../shell/output.ts'
import { checkFolder } from '../credentials/write-file.ts'

const OWNER_ONLY = 0o600

export type TokenFile = {
  readonly path: string
  readonly write: (token: string) => Promise<void>
  /**
   * Removes the file, unless another process has changed it. Reports a failure and never throws.
   */
  readonly remove: () => Promise<void>
}

export function createTokenFile(path: string): TokenFile {
  let written: string | undefined
  return {
    path,
    async write(token) {
      // The draft is in the same directory, where renaming is atomic.
      const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}`)
      try {
        const file = await open(draft, 'wx', OWNER_ONLY)
        try {
          // The umask can take rights from the mode, also those of the owner.
          await file.chmod(OWNER_ONLY)
          await file.writeFile(token)
        } finally {
          await file.close()
        }
        await rename(draft, path)
        written = token
      } catch (error) {
        // `force` ignores only a draft that does not exist.
        await rm(draft, { force: true }).catch(() => undefined)
        throw unwritable(path, error)
      }
    },
    async remove() {
      const content = await readFile(path, 'utf8').catch(() => undefined)
      if (content === undefined || content !== written) return
      try {
        await rm(path, { force: true })
      } catch (error) {
        const { code = 'unknown' } = error as NodeJS.ErrnoException
        say(`cannot remove ${path}: ${describeCode(code)}`)
      }
    },
  }
}

/**
 * Checks the path, as it was given, before the exchange. Refuses a directory, also one that does not
 * exist yet, a link or a device, and a folder in which no file can be created.
 */
export async function checkTokenFile(path: string): Promise<void> {
  if (endsInSeparator(path))
    throw usageFailure(`${path} names a directory: add the name of the file`)
  const found = await lstat(path).catch(() => undefined)
  if (found !== undefined && !found.isFile()) throw usageFailure(`${path} is not a regular file`)
  await checkFolder(path)
}

/** `resolve` would drop the slash, and the file would have the name of the folder. */
function endsInSeparator(path: string): boolean {
  return path.endsWith('/') || path.endsWith(sep)
}
