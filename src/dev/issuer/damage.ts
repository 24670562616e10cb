/**
 * Finds the damaged file when the stores of a local gateway cannot be read, and says what to do.
 */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type * as Sqlite from 'node:sqlite'

const HEADER = Buffer.from('SQLite format 3\0')

/** Returns a message, or undefined if every database below the directory is intact. */
export async function findDamage(directory: string): Promise<string | undefined> {
  const sqlite = await import('node:sqlite').catch(() => undefined)
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sqlite'))
    .map((name) => join(directory, name))
  const damaged = files.find(
    (path) => !(sqlite === undefined ? hasHeader(path) : isSound(sqlite, path)),
  )
  if (damaged === undefined) return undefined
  return `${damaged} is damaged: restore it from a backup, or move it away and apply the trust document again`
}

function isSound(sqlite: typeof Sqlite, path: string): boolean {
  try {
    const database = new sqlite.DatabaseSync(path, { readOnly: true })
    try {
      const [first] = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})
      return first === 'ok'
    } finally {
      database.close()
    }
  } catch {
    return false
  }
}

function hasHeader(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(HEADER.byteLength)
    const length = readSync(file, head, 0, head.byteLength, 0)
    return length === 0 || head.equals(HEADER)
  } finally {
    closeSync(file)
  }
}
