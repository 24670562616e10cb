/** Copies what a gateway stored into a folder of test/vectors. */
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A checkpoint moves the write-ahead logs of SQLite into the database files. */
export function copyObjects(objects: string, folder: string, kinds: readonly string[]): void {
  rmSync(join(folder, 'objects'), { recursive: true, force: true })
  for (const kind of kinds.filter((name) => existsSync(join(objects, name)))) {
    cpSync(join(objects, kind), join(folder, 'objects', kind), { recursive: true })
  }
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.sqlite')) continue
    const database = new DatabaseSync(join(folder, path))
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    database.close()
  }
}
