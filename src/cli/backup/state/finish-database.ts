/**
 * Makes the copies of databases complete: the WAL becomes a part of its database, each database is
 * checked, and the alarms of the objects agree with the list of alarms.
 */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { importSqlite } from '../../../dev/in-house.ts'
import { refusal, usageFailure } from '../../shell/failure.ts'

type Open = (path: string) => DatabaseSync

/** Throws a usage failure if this Node has no SQLite. */
export async function loadSqlite(): Promise<Open> {
  const sqlite = await importSqlite()
  if (sqlite === undefined) throw usageFailure('this command needs Node 22.13 or later')
  return (path) => new sqlite.DatabaseSync(path, { readBigInts: true })
}

/** Merges the WAL and checks the database. `source` names it in the message. */
export function finishDatabase(open: Open, path: string, source: string): void {
  let fault: unknown
  try {
    const database = open(path)
    try {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      const result = database.prepare('PRAGMA quick_check(1)').get()
      fault = result?.quick_check === 'ok' ? undefined : result?.quick_check
    } finally {
      database.close()
    }
  } catch (error) {
    fault = error
  }
  if (fault !== undefined) {
    throw refusal(
      `refused: ${source} is damaged; no backup was written`,
      'restore an earlier backup, or start with an empty state',
    )
  }
  for (const end of ['-wal', '-shm']) rmSync(`${path}${end}`, { force: true })
}

const ALARMS = 'metadata.sqlite'

/**
 * workerd keeps the time of an alarm in the object, and in a list for all objects of a class. Both
 * were copied at different moments. An object whose alarm is not in the list would wait for it for
 * ever, so such an alarm is removed, and the object sets it again when it is used.
 */
export function agreeOnAlarms(open: Open, folder: string): void {
  const names = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))
  if (!readdirSync(folder).includes(ALARMS)) {
    for (const name of names) removeAlarm(open, join(folder, name))
    return
  }
  const list = open(join(folder, ALARMS))
  try {
    if (!hasTable(list, '_cf_ALARM')) return
    const listed = new Set(
      list
        .prepare('SELECT actor_id FROM _cf_ALARM')
        .all()
        .map((row) => String(row.actor_id)),
    )
    for (const name of names) {
      const id = name.slice(0, 64)
      const alarm = readAlarm(open, join(folder, name))
      if (alarm !== undefined && listed.delete(id)) {
        list.prepare('UPDATE _cf_ALARM SET scheduled_time = ? WHERE actor_id = ?').run(alarm, id)
      } else if (alarm !== undefined) removeAlarm(open, join(folder, name))
    }
    for (const id of listed) list.prepare('DELETE FROM _cf_ALARM WHERE actor_id = ?').run(id)
  } finally {
    list.close()
  }
}

/** The alarm has the key 1. The value is in nanoseconds. */
function readAlarm(open: Open, path: string): bigint | undefined {
  const database = open(path)
  try {
    if (!hasTable(database, '_cf_METADATA')) return undefined
    const value = database.prepare('SELECT value FROM _cf_METADATA WHERE key = 1').get()?.value
    return typeof value === 'bigint' ? value : undefined
  } finally {
    database.close()
  }
}

function removeAlarm(open: Open, path: string): void {
  const database = open(path)
  try {
    if (hasTable(database, '_cf_METADATA')) {
      database.exec('DELETE FROM _cf_METADATA WHERE key = 1')
    }
  } finally {
    database.close()
  }
}

function hasTable(database: DatabaseSync, name: string): boolean {
  const found = database
    .prepare("SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = ?")
    .get(name)
  return found !== undefined
}
