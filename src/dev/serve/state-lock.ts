/**
 * One gateway at a time on a state directory. The lock is one of the operating system: it holds
 * across containers that share the directory, and ends with the process that took it.
 */
import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import type * as NodeSqlite from 'node:sqlite'
import { refuseLink } from './safe-files.ts'

export type StateLock = { readonly release: () => void }

/** Undefined when another process holds it. Throws where this system offers no lock. */
export async function takeLock(path: string): Promise<StateLock | undefined> {
  refuseLink(path)
  if (!existsSync(path)) writeFileSync(path, '', { mode: 0o600, flag: 'a' })
  const sqlite = await importSqlite()
  return sqlite === undefined ? lockByProgram(path) : lockByDatabase(sqlite, path)
}

type Sqlite = typeof NodeSqlite

const BUSY = 5

/**
 * SQLite locks bytes of its file (`fcntl`, `LockFileEx`). Nothing else in this process may open the
 * file: closing it would end the lock.
 */
function lockByDatabase({ DatabaseSync }: Sqlite, path: string): StateLock | undefined {
  const database = new DatabaseSync(path)
  try {
    // Without a journal beside it, which a killed process would leave behind.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return undefined
    throw new Error(`${path} is damaged: remove it`, { cause: error })
  }
  return { release: () => database.close() }
}

/** Node 22.13 and later have SQLite. Its notice that the module is new is for developers of it. */
async function importSqlite(): Promise<Sqlite | undefined> {
  const { emitWarning } = process
  process.emitWarning = (...args: unknown[]) => {
    if (args[1] !== 'ExperimentalWarning') Reflect.apply(emitWarning, process, args)
  }
  try {
    return await import('node:sqlite')
  } catch {
    return undefined
  } finally {
    process.emitWarning = emitWarning
  }
}

/** Before that, `flock` of util-linux: the lock ends when its standard input does. */
function lockByProgram(path: string): Promise<StateLock | undefined> {
  const args = ['--nonblock', '--conflict-exit-code', '9', path, 'sh', '-c', 'echo; exec cat']
  const holder = spawn('flock', args, { stdio: ['pipe', 'pipe', 'ignore'] })
  return new Promise((resolve, reject) => {
    holder.once('error', () => reject(new Error('serve needs Node 22.13 or later here')))
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
