/** The SQLite of Node, for locks and for copies of databases. */
import type * as NodeSqlite from 'node:sqlite'

export type Sqlite = typeof NodeSqlite

/**
 * Imports SQLite, which Node 22.13 and later have, without Node's warning that it is experimental.
 */
export async function importSqlite(): Promise<Sqlite | undefined> {
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
