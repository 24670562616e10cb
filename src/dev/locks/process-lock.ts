/**
 * Locks between processes of one machine, such as that of a state directory for one gateway. They are
 * locks of the operating system: a lock works across containers that share the directory, and ends
 * with the process that took it.
 */
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { isOwnFile, makeOwnFile, requireAccess } from '../files/safe-files.ts'
import { LOCK_LOOK_MILLISECONDS } from '../limits.ts'
import { importSqlite, type Sqlite } from './sqlite.ts'

export type ProcessLock = { readonly release: () => void }

/**
 * Returns undefined if another process has the lock. Throws if this system offers no lock. It is taken
 * in both ways: neither sees the other, and an older Node has only that of `flock`.
 */
export async function takeLock(path: string): Promise<ProcessLock | undefined> {
  if (isOwnFile(path)) requireAccess(path)
  else makeOwnFile(path)
  const sqlite = await importSqlite()
  if (sqlite === undefined) return lockByProgram(path)
  const lock = lockByDatabase(sqlite, path)
  if (lock === undefined) return undefined
  // Not every system has `flock`.
  const second = await lockByProgram(path).catch(() => ({ release() {} }))
  if (second === undefined) lock.release()
  return (
    second && {
      release() {
        second.release()
        lock.release()
      },
    }
  )
}

/** Waits for the lock. Returns undefined if another process has it until the end of that time. */
export async function awaitLock(
  path: string,
  milliseconds: number,
): Promise<ProcessLock | undefined> {
  const endsAt = performance.now() + milliseconds
  let lock = await takeLock(path)
  while (lock === undefined && performance.now() <= endsAt) {
    await sleep(LOCK_LOOK_MILLISECONDS)
    lock = await takeLock(path)
  }
  return lock
}

const BUSY = 5

/**
 * Takes the lock with SQLite, which locks bytes of its file (`fcntl`, `LockFileEx`). No other code
 * of this process may open the file, because closing it would end the lock.
 */
function lockByDatabase({ DatabaseSync }: Sqlite, path: string): ProcessLock | undefined {
  const database = new DatabaseSync(path)
  try {
    // Keep the journal in memory: a killed process would leave a journal file behind.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return undefined
    throw new Error(`${path} is damaged: remove it`, { cause: error })
  }
  return { release: () => database.close() }
}

/**
 * Takes the lock with `flock` of util-linux. The lock ends when standard input of `flock` closes, a
 * moment after its holder was killed or released it, so that moment is waited for.
 */
function lockByProgram(path: string): Promise<ProcessLock | undefined> {
  const wait = ['--timeout', '1', '--conflict-exit-code', '9']
  const args = [...wait, path, 'sh', '-c', 'echo; exec cat']
  // In a session of its own, so that Ctrl+C in a terminal does not end the lock before the gateway.
  const holder = spawn('flock', args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true })
  return new Promise((resolve, reject) => {
    holder.once('error', () => reject(new Error('a lock needs Node 22.13 or later on this system')))
    holder.once('exit', (code) => {
      if (code === 9) resolve(undefined)
      else reject(new Error(`${path} cannot be locked`))
    })
    holder.stdout.once('data', () => {
      holder.unref()
      for (const stream of [holder.stdin, holder.stdout]) {
        if ('unref' in stream && typeof stream.unref === 'function') stream.unref()
      }
      resolve({ release: () => holder.stdin.destroy() })
    })
  })
}
