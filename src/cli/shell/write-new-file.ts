/** Writes a file that does not exist yet, piece by piece, such as an export. */
import { randomBytes } from 'node:crypto'
import { link, lstat, open, rename, rm } from 'node:fs/promises'
import { keepForOwner } from '../../dev/in-house.ts'
import { unwritable } from './faults/file-fault.ts'
import { removeAtSignal } from './program/remove-at-signal.ts'

export type Put = (text: string) => Promise<void>

/**
 * Writes beside the path, and gives the file its name when it is complete. A failed or killed command
 * leaves nothing at the path that looks complete, or that its next run would refuse.
 *
 * @param advice What to do if there is a file already, which is not replaced.
 * @throws a usage failure if the path cannot be written
 */
export async function writeNewFile<T>(
  path: string,
  advice: string,
  write: (put: Put) => Promise<T>,
): Promise<T> {
  await requireAbsent(path, advice)
  const draft = `${path}.${randomBytes(4).toString('hex')}.partial`
  const file = await open(draft, 'wx', 0o600).catch((error: unknown) => {
    throw unwritable(path, error)
  })
  return removeAtSignal([draft], async () => {
    try {
      try {
        keepForOwner(draft, 0o600)
        // `write` can write a part only, as it does when the disk becomes full.
        const result = await write((text) => file.writeFile(text))
        await file.sync()
        await giveName(draft, path, advice)
        return result
      } finally {
        await file.close()
      }
    } finally {
      await rm(draft, { force: true })
    }
  })
}

/** Another program may have made a file there meanwhile. A link does not replace it, as a rename does. */
async function giveName(draft: string, path: string, advice: string): Promise<void> {
  try {
    await link(draft, path)
  } catch {
    // Some file systems have no links.
    await requireAbsent(path, advice)
    await rename(draft, path)
  }
}

async function requireAbsent(path: string, advice: string): Promise<void> {
  const status = await lstat(path).catch(() => undefined)
  if (status === undefined) return
  throw unwritable(path, Object.assign(new Error('it exists'), { code: 'EEXIST' }), advice)
}
