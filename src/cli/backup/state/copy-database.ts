/**
 * Copies one SQLite database while another process writes to it, without a lock and without opening
 * it: a second connection could delay or checkpoint the database of the running gateway.
 *
 * The copy is the database file first, then its write-ahead log (WAL). It is consistent if the WAL
 * was not started again in between, which its salts tell. A checkpoint writes only pages of frames
 * that the WAL still has, and when the copy is opened, the frames override those pages. A frame that
 * was copied in part has a wrong checksum, so the copy ends with the commit before it.
 */
import { constants } from 'node:fs'
import { copyFile, open, rm, stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { refusal } from '../../shell/failure.ts'
import {
  COPY_MILLISECONDS,
  COPY_PAUSE_MILLISECONDS,
  SETTLED_MILLISECONDS,
  WAL_HEADER_BYTES,
} from './limits.ts'

type Look = {
  /** Names the file and its last change; undefined if there is no file. */
  readonly database: string | undefined
  readonly changedAt: number
  /** Names the WAL and its salts; empty if it has no frame. */
  readonly log: string
}

/** Tests let another connection write meanwhile. */
type Copy = (from: string, to: string) => Promise<void>

/** At once, where the file system can share the blocks of both files. */
const cloneFile: Copy = (from, to) => copyFile(from, to, constants.COPYFILE_FICLONE)

/** Copies `from` to `to`, and its WAL beside it. Returns false if there is no such database. */
export async function copyDatabase(
  from: string,
  to: string,
  copy: Copy = cloneFile,
): Promise<boolean> {
  const endsAt = Date.now() + COPY_MILLISECONDS
  for (let pause = COPY_PAUSE_MILLISECONDS; ; pause *= 1.5) {
    const copied = await tryCopy(from, to, copy)
    if (copied !== 'changed') return copied === 'copied'
    if (Date.now() + pause > endsAt) {
      throw refusal(
        `refused: ${from} changes faster than it can be copied; no backup was written`,
        'try again when the gateway has less to do, or stop it',
      )
    }
    await wait(pause)
  }
}

async function tryCopy(
  from: string,
  to: string,
  copy: Copy,
): Promise<'copied' | 'changed' | 'absent'> {
  await rm(`${to}-wal`, { force: true })
  const before = await look(from)
  if (before.database === undefined) return 'absent'
  const hasLog = before.log !== ''
  // A clock of the file system is coarse: two changes within one tick have one time.
  if (!hasLog && Date.now() - before.changedAt < SETTLED_MILLISECONDS) return 'changed'
  try {
    await copy(from, to)
    if (hasLog) await copy(`${from}-wal`, `${to}-wal`)
  } catch (error) {
    if (isAbsent(error)) return 'changed'
    throw error
  }
  const after = await look(from)
  // Without a WAL, nothing overrides a page that a checkpoint wrote during the copy.
  const isSame = after.log === before.log && (hasLog || after.database === before.database)
  return isSame ? 'copied' : 'changed'
}

async function look(path: string): Promise<Look> {
  const log = await readSalts(`${path}-wal`)
  try {
    const { ino, size, mtimeNs, mtimeMs } = await stat(path, { bigint: true })
    return { database: `${ino} ${size} ${mtimeNs}`, changedAt: Number(mtimeMs), log }
  } catch (error) {
    if (isAbsent(error)) return { database: undefined, changedAt: 0, log }
    throw error
  }
}

/** The header of a WAL: the checkpoint sequence and both salts are in its bytes 12 to 23. */
async function readSalts(path: string): Promise<string> {
  try {
    const file = await open(path)
    try {
      const header = Buffer.alloc(WAL_HEADER_BYTES)
      const { bytesRead } = await file.read(header, 0, WAL_HEADER_BYTES, 0)
      const { ino } = await file.stat()
      return bytesRead < WAL_HEADER_BYTES ? '' : `${ino} ${header.toString('hex', 12, 24)}`
    } finally {
      await file.close()
    }
  } catch (error) {
    if (isAbsent(error)) return ''
    throw error
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
