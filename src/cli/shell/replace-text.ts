/**
 * Replaces the text of a file of the user, which another program may change meanwhile. The file keeps
 * its rights and, if the system allows it, its owner and its group. A link stays.
 */
import { randomUUID } from 'node:crypto'
import { chmod, chown, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { refusal } from './failure.ts'
import { unwritable } from './faults/file-fault.ts'
import { removeAtSignal } from './program/remove-at-signal.ts'

/**
 * `before`: the bytes that `text` was made from. Throws a refusal if the file has others by now, and a
 * usage failure if it cannot be written. The file is changed completely or not at all.
 */
export async function replaceText(path: string, before: Buffer, text: string): Promise<void> {
  let target = path
  try {
    target = await realpath(path)
    const draft = `${target}.${randomUUID()}`
    const isSame = await removeAtSignal([draft], () => replace(target, draft, before, text))
    if (isSame) return
  } catch (error) {
    throw unwritable(target, error)
  }
  throw refusal(
    `refused: ${path} was changed by another program meanwhile; nothing was written`,
    'run the command again',
  )
}

/** Returns false if the file has other bytes than `before`. */
async function replace(target: string, draft: string, before: Buffer, text: string) {
  try {
    const { mode, uid, gid } = await stat(target)
    await writeFile(draft, text, { flag: 'wx', mode: 0o600, flush: true })
    // Only root can keep the owner of another user. Any other user becomes the owner.
    const isOfGroup = (await tryChown(draft, uid, gid)) || (await tryChown(draft, -1, gid))
    // Another group gets no more than everyone has. Otherwise its members could change the file.
    const group = isOfGroup ? mode & 0o070 : (mode & 0o007) << 3
    // After the change of the owner, and whatever the umask is.
    await chmod(draft, (mode & 0o707) | group)
    if (!before.equals(await readFile(target))) return false
    await rename(draft, target)
    return true
  } finally {
    // After the rename, there is no draft.
    await rm(draft, { force: true }).catch(() => undefined)
  }
}

/** Returns false if the system does not allow it. A `uid` of -1 leaves the owner as it is. */
async function tryChown(path: string, uid: number, gid: number): Promise<boolean> {
  return chown(path, uid, gid).then(
    () => true,
    () => false,
  )
}
