/** WRK-13: a database that lost its content, or the changes in its log, is not used as it is. */
import {
  closeSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { writeStateVersion } from '../../../src/dev/serve/state-version.ts'
import { hasLostChanges, markOf } from '../../../src/dev/serve/stored-changes.ts'
import {
  OBJECTS_FILE,
  requireObjects,
  StateIncomplete,
  watchObjects,
} from '../../../src/dev/serve/stored-objects.ts'
import { findOlderPages, readIndex } from '../../../src/dev/serve/stored-pages.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-changes-'))
afterAll(() => {
  for (const database of databases) database.close()
  rmSync(scratch, { recursive: true, force: true })
})

const fail = (error: Error) => expect.unreachable(error.message)
const unexpected = { onMissing: fail, onUnkept: fail }
const LOST = 'was emptied, or its -wal file was deleted'

const databases: DatabaseSync[] = []
/** A state with one database that is open, so that its files are those of a killed process. */
function crashedState(prepare: (database: DatabaseSync) => void) {
  const state = join(scratch, String(databases.length))
  const folder = join(state, 'objects', 'do', 'edgemint-RevocationLog')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${'a'.repeat(64)}.sqlite`)
  const database = new DatabaseSync(path)
  databases.push(database)
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE revocations (id TEXT)')
  prepare(database)
  writeStateVersion(state, { hasSingleLedger: true })
  watchObjects(state, unexpected).close()
  return { state, path }
}

const unwritten = (database: DatabaseSync) =>
  database.exec("PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO revocations VALUES ('leaked')")
const written = (database: DatabaseSync) =>
  database.exec("INSERT INTO revocations VALUES ('leaked'); PRAGMA wal_checkpoint(FULL)")
const neverWritten = () => {}

/** Writes the pages of a log to the file, as SQLite does before it notes that in the index of the log. */
function writePages(path: string, log: Buffer) {
  const file = openSync(path, 'r+')
  const pageBytes = log.readUInt32BE(8)
  for (let at = 32; at < log.byteLength; at += 24 + pageBytes) {
    writeSync(file, log, at + 24, pageBytes, (log.readUInt32BE(at) - 1) * pageBytes)
  }
  closeSync(file)
}

describe('a database of a gateway that was killed', () => {
  it.each([
    ['with its log', () => {}],
    ['without the index of its log', (path: string) => rmSync(`${path}-shm`)],
  ])('is used %s', (_case, change) => {
    const { state, path } = crashedState(unwritten)
    change(path)
    expect(() => requireObjects(state)).not.toThrow()
  })

  it.each([
    ['without its log', (path: string) => rmSync(`${path}-wal`)],
    ['with an emptied log', (path: string) => truncateSync(`${path}-wal`)],
    ['when it is emptied itself', (path: string) => truncateSync(path)],
  ])('is refused %s', (_case, change) => {
    for (const prepare of [unwritten, neverWritten]) {
      const { state, path } = crashedState(prepare)
      change(path)
      expect(() => requireObjects(state)).toThrow(new StateIncomplete(`${path} ${LOST}`))
    }
  })

  it('is refused without its log also in a copy, which has another time', () => {
    const { state, path } = crashedState(unwritten)
    const copy = `${state}-copy`
    cpSync(state, copy, { recursive: true })
    const copied = join(copy, relative(state, path))
    expect(statSync(copied).mtimeMs).not.toBe(statSync(path).mtimeMs)
    expect(() => requireObjects(copy)).not.toThrow()
    rmSync(`${copied}-wal`)
    expect(() => requireObjects(copy)).toThrow(new StateIncomplete(`${copied} ${LOST}`))
  })

  it('may lose a log whose changes are all in the file', () => {
    const { state, path } = crashedState(written)
    rmSync(`${path}-wal`)
    expect(() => requireObjects(state)).not.toThrow()
  })

  it('may lose the log when another program has written its changes to the file', () => {
    const { state, path } = crashedState(unwritten)
    const other = new DatabaseSync(path)
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    other.close()
    expect(() => requireObjects(state)).not.toThrow()
    watchObjects(state, unexpected).close()
    expect(readFileSync(join(state, OBJECTS_FILE), 'utf8')).not.toContain('pending')
  })

  it('is refused without its log also without a mark, if it has no table', () => {
    const { state, path } = crashedState(neverWritten)
    rmSync(`${path}-shm`)
    rmSync(join(state, OBJECTS_FILE))
    watchObjects(state, unexpected).close()
    expect(readFileSync(join(state, OBJECTS_FILE), 'utf8')).not.toContain('pending')
    rmSync(`${path}-wal`)
    expect(() => requireObjects(state)).toThrow(LOST)
  })

  it('keeps its mark while its log has no index, as in a copy that leaves it out', () => {
    const { state, path } = crashedState(unwritten)
    rmSync(`${path}-shm`)
    watchObjects(state, unexpected).close()
    rmSync(`${path}-wal`)
    expect(() => requireObjects(state)).toThrow(new StateIncomplete(`${path} ${LOST}`))
  })

  it.each(['', '-wal', '-shm'])('is refused with a directory in place of its file: %j', (end) => {
    const { state, path } = crashedState(unwritten)
    rmSync(`${path}${end}`)
    mkdirSync(`${path}${end}`)
    expect(() => requireObjects(state)).toThrow(`${path}${end} is not a file`)
  })
})

describe('a database of a running gateway', () => {
  it('is missed when its log is deleted, and at every later start', () => {
    const { state, path } = crashedState(unwritten)
    const missed: Error[] = []
    const watch = watchObjects(state, { ...unexpected, onMissing: (error) => missed.push(error) })
    rmSync(`${path}-wal`)
    watch.close()
    expect(missed).toEqual([new StateIncomplete(`${path} ${LOST}`)])
    expect(() => requireObjects(state)).toThrow(StateIncomplete)
  })

  it('is not listed before it has something in it', () => {
    const { state, path } = crashedState(unwritten)
    rmSync(join(state, OBJECTS_FILE))
    const other = path.replace(/a{64}/, 'b'.repeat(64))
    writeFileSync(other, '')
    watchObjects(state, unexpected).close()
    rmSync(other)
    expect(() => requireObjects(state)).not.toThrow()
  })
})

it('marks a file by the pages that its log has newer', () => {
  const { path } = crashedState(unwritten)
  const mark = markOf(path)
  expect(mark).toMatch(/^4096( \d+=[0-9a-f]{16}){1,4}$/)
  rmSync(`${path}-wal`)
  expect(markOf(path)).toBeUndefined()
  expect(hasLostChanges(path, mark)).toBe(true)
  expect(hasLostChanges(path, `${mark?.slice(0, -1)}g`)).toBe(false)
  expect(hasLostChanges(path, undefined)).toBe(false)
})

it('says nothing of a file that is no database, also where it has no page in the place of a marked one', () => {
  const { path } = crashedState(unwritten)
  databases.at(-1)?.exec('INSERT INTO revocations SELECT hex(randomblob(9000))')
  const mark = markOf(path)
  rmSync(`${path}-wal`)
  expect(hasLostChanges(path, mark)).toBe(true)
  const text = readFileSync(path)
  writeFileSync(path, text.fill('no database ', 0, 96))
  expect(hasLostChanges(path, mark)).toBe(false)
})

it('does not mark a log without its index, which SQLite may be removing', () => {
  const { path } = crashedState(unwritten)
  rmSync(`${path}-shm`)
  expect(markOf(path)).toBeUndefined()
})

it('does not mark a page that was written while its log is still being copied', () => {
  const { path } = crashedState(unwritten)
  const log = readFileSync(`${path}-wal`)
  writePages(path, log)
  const mark = markOf(path)
  rmSync(`${path}-wal`)
  expect(hasLostChanges(path, mark)).toBe(false)
})

it('can compare a log to which a gateway under load adds, and not one that began again', () => {
  const { path } = crashedState(unwritten)
  const database = databases.at(-1)
  const salts = readIndex(path)?.salts
  database?.exec("INSERT INTO revocations VALUES ('more')")
  expect(readIndex(path)?.salts).toBe(salts)
  database?.exec("PRAGMA wal_checkpoint(FULL); INSERT INTO revocations VALUES ('again')")
  expect(readIndex(path)?.salts).not.toBe(salts)
})

it('finds nothing in a log that SQLite has just removed or begun', () => {
  const { path } = crashedState(unwritten)
  truncateSync(`${path}-wal`)
  expect(findOlderPages(path, 1)).toBeUndefined()
  rmSync(`${path}-wal`)
  expect(findOlderPages(path, 1)).toBeUndefined()
})

it('does not read a log whose changes are all in the file, because the next ones are written over them', () => {
  const { path } = crashedState(written)
  const log = readFileSync(`${path}-wal`)
  writeFileSync(`${path}-wal`, log.fill(1, 60))
  expect(markOf(path)).toBeUndefined()
})

it('takes a new mark when pages of the log were written to the file', () => {
  const { path } = crashedState(unwritten)
  const former = markOf(path)
  databases.at(-1)?.exec("PRAGMA wal_checkpoint(FULL); INSERT INTO revocations VALUES ('more')")
  const mark = markOf(path)
  rmSync(`${path}-wal`)
  expect(hasLostChanges(path, former)).toBe(false)
  expect(hasLostChanges(path, mark)).toBe(true)
})

it('marks a page that the file does not have yet', () => {
  const { path } = crashedState(unwritten)
  databases.at(-1)?.exec(`
    PRAGMA wal_checkpoint(TRUNCATE);
    INSERT INTO revocations SELECT hex(randomblob(3000)) FROM json_each('[1,2,3]')`)
  const mark = markOf(path)
  const copy = `${path}.copy`
  copyFileSync(path, copy)
  expect(hasLostChanges(copy, mark)).toBe(true)
})
