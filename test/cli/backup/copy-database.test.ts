/** Copies of a database that another connection changes at the worst moments. */
import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { copyDatabase } from '../../../src/cli/backup/state/copy-database.ts'

let folder = ''
let from = ''
let to = ''
let writer: DatabaseSync
let last = 0
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgemint-copy-'))
  from = join(folder, 'from.sqlite')
  to = join(folder, 'to.sqlite')
  last = 0
  writer = open()
  writer.exec('CREATE TABLE numbers (value INTEGER PRIMARY KEY, text TEXT)')
})
afterEach(() => {
  close()
  rmSync(folder, { recursive: true, force: true })
})

function open(): DatabaseSync {
  const database = new DatabaseSync(from)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0')
  return database
}

function close(): void {
  if (writer.isOpen) writer.close()
}

/** Each commit changes several pages: an old page beside a new one is a torn copy. */
function commit(count = 40): void {
  writer.exec('BEGIN')
  for (let row = 0; row < count; row += 1) {
    last += 1
    writer.prepare('INSERT INTO numbers VALUES (?, ?)').run(last, 'x'.repeat(500))
  }
  writer.exec('COMMIT')
}

/** The next commit then starts the WAL again. */
const checkpoint = () => writer.exec('PRAGMA wal_checkpoint(PASSIVE)')

/** Copies with `between` after the copy of the database, in the first attempt. */
async function copyWith(between: () => void) {
  let attempts = 0
  const isCopied = await copyDatabase(from, to, async (source, target) => {
    await copyFile(source, target)
    if (source !== from) return
    attempts += 1
    if (attempts === 1) between()
  })
  return { isCopied, attempts }
}

function expectWhole(least: number): void {
  const copy = new DatabaseSync(to)
  const check = copy.prepare('PRAGMA integrity_check').get()
  const row = copy.prepare('SELECT COUNT(*) AS count, MAX(value) AS last FROM numbers').get()
  copy.close()
  expect(check).toEqual({ integrity_check: 'ok' })
  expect(row?.count).toBe(row?.last)
  expect(Number(row?.last)).toBeGreaterThanOrEqual(least)
}

test('a commit and a checkpoint between both copies need no other attempt', async () => {
  commit()
  const before = last
  const { attempts } = await copyWith(() => {
    commit()
    checkpoint()
  })
  expect(attempts).toBe(1)
  expectWhole(before)
})

test('a WAL that was started again between both copies is noticed', async () => {
  commit()
  const before = last
  const { attempts } = await copyWith(() => {
    commit()
    checkpoint()
    commit(1)
  })
  expect(attempts).toBe(2)
  expectWhole(before)
})

test('such a copy would lack what was committed before it began', () => {
  commit()
  const before = last
  copyFileSync(from, to)
  commit()
  checkpoint()
  commit(1)
  copyFileSync(`${from}-wal`, `${to}-wal`)
  expect(() => expectWhole(before)).toThrow()
})

test('a database that closes its WAL between both copies is copied again', async () => {
  commit()
  const before = last
  const { attempts } = await copyWith(() => {
    commit()
    close()
  })
  expect(attempts).toBe(2)
  expectWhole(before)
})

test('a closed database that is opened, changed and closed meanwhile is copied again', async () => {
  commit()
  close()
  const before = last
  const { attempts } = await copyWith(() => {
    writer = open()
    commit()
    close()
  })
  expect(attempts).toBe(2)
  expectWhole(before + 1)
})

test('a WAL that ends in the middle of a frame ends with the commit before it', async () => {
  commit()
  const before = last
  const isCopied = await copyDatabase(from, to, async (source, target) => {
    await copyFile(source, target)
    if (source === from) return
    commit()
    await copyFile(source, target)
    truncateSync(target, statSync(target).size - 100)
  })
  expect(isCopied).toBe(true)
  expectWhole(before)
})

test('a database that is not there is no failure', async () => {
  expect(await copyDatabase(join(folder, 'absent.sqlite'), to)).toBe(false)
})
