/** Reads the databases of the shards beside workerd. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export type SizeOfDecisions = {
  /** Bytes of one decision: its JSON, its row while it is not compressed, and its part of a block. */
  readonly text: number
  readonly recent: number
  readonly compressed: number
}

/** The space of the tables. Pages that are free for later rows do not count. */
const TABLES = {
  recent: ['batches', 'batches_by_time', 'sqlite_autoindex_batches_1'],
  compressed: [
    'blocks',
    'blocks_by_sequence',
    'blocks_by_time',
    'block_filters',
    'usage',
    'usage_by_day',
  ],
}

export function readRecent(stateDir: string): number {
  return sum(stateDir, 'SELECT recent AS value FROM chain')
}

export function readSizes(stateDir: string): SizeOfDecisions {
  const spaceOf = (names: readonly string[]) => {
    const list = names.map((name) => `'${name}'`).join(', ')
    return sum(stateDir, `SELECT SUM(pgsize) AS value FROM dbstat WHERE name IN (${list})`)
  }
  const recent = sum(stateDir, 'SELECT SUM(count) AS value FROM batches')
  const compressed = sum(stateDir, 'SELECT SUM(count) AS value FROM blocks')
  return {
    text: sum(stateDir, 'SELECT SUM(LENGTH(lines)) AS value FROM batches') / recent,
    recent: spaceOf(TABLES.recent) / recent,
    compressed: spaceOf(TABLES.compressed) / compressed,
  }
}

/** Adds a value of every shard that has records. */
function sum(stateDir: string, query: string): number {
  const names = readdirSync(stateDir, { recursive: true, encoding: 'utf8' })
  let total = 0
  for (const name of names.filter((path) => /DecisionLog\/[0-9a-f]+\.sqlite$/.test(path))) {
    const database = new DatabaseSync(join(stateDir, name), { readOnly: true, timeout: 10_000 })
    try {
      for (const row of database.prepare(query).all()) total += Number(row.value)
    } finally {
      database.close()
    }
  }
  return total
}
