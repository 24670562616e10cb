/**
 * The file that `exec` keeps a token in: for its owner alone, and replaced by renaming, so that
 * whoever opens it reads one whole token.
 */
import { randomUUID } from 'node:crypto'
import { lstat, open, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { usageFailure } from '../../shell/failure.ts'
import { say } from '../../shell/output.ts'
import { checkFolder } from '../credentials/write-file.ts'

export type TokenFile = {
  readonly path: string
  readonly write: (token: string) => Promise<void>
  /** Leaves the file alone when somebody else has written it since. Tells a failure, never throws. */
  readonly remove: () => Promise<void>
}

export function createTokenFile(path: string): TokenFile {
  let written: string | undefined
  return {
    path,
    async write(token) {
      // A name of its own beside the target: renaming is atomic within one directory.
      const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}`)
      try {
        const file = await open(draft, 'wx', 0o600)
        try {
          await file.writeFile(token)
        } finally {
          await file.close()
        }
        await rename(draft, path)
        written = token
      } catch (error) {
        await rm(draft, { force: true })
        throw usageFailure(`cannot write ${path}${codeOf(error)}`)
      }
    },
    async remove() {
      const content = await readFile(path, 'utf8').catch(() => undefined)
      if (content === undefined || content !== written) return
      try {
        await rm(path, { force: true })
      } catch (error) {
        say(`cannot remove ${path}${codeOf(error)}`)
      }
    },
  }
}

/**
 * Before a token is asked for: refuses a path where a directory, a link or a device is, and a folder
 * in which no file can be made.
 */
export async function checkTokenFile(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (found !== undefined && !found.isFile()) throw usageFailure(`${path} is no regular file`)
  await checkFolder(path)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? `: ${String(error.code)}` : ''
}
