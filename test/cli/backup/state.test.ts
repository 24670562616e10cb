/** A backup of databases that another connection writes to, and what `restore` refuses. */
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { renderManifest } from '../../../src/cli/backup/state/manifest.ts'
import { RELEASE } from '../../../src/protocol/release.ts'
import { runCli } from '../support/run.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-state-'))
const place = (...names: readonly string[]) => join(scratch, ...names)
const OBJECTS = 'objects/do'
const id = (digit: string) => `${digit.repeat(64)}.sqlite`
const ALARM = 1_795_911_949_277_000_000n

function create(className: string, name: string): DatabaseSync {
  mkdirSync(place('state', OBJECTS, className), { recursive: true })
  const database = new DatabaseSync(place('state', OBJECTS, className, name))
  database.exec('PRAGMA journal_mode = WAL')
  return database
}

/** The tables of workerd: see `finish-database.ts`. */
function addAlarm(database: DatabaseSync): void {
  database.exec('CREATE TABLE _cf_METADATA (key INTEGER PRIMARY KEY, value BLOB)')
  database.prepare('INSERT INTO _cf_METADATA VALUES (1, ?)').run(ALARM)
}

const opened: DatabaseSync[] = []
let busy: DatabaseSync
beforeAll(() => {
  busy = create('edgemint-TrustStore', id('a'))
  busy.exec('CREATE TABLE numbers (value INTEGER PRIMARY KEY, text TEXT)')
  const listed = create('edgemint-RevocationLog', id('b'))
  const unlisted = create('edgemint-RevocationLog', id('c'))
  for (const database of [listed, unlisted]) addAlarm(database)
  const list = create('edgemint-RevocationLog', 'metadata.sqlite')
  list.exec('CREATE TABLE _cf_ALARM (actor_id TEXT PRIMARY KEY, scheduled_time INTEGER)')
  for (const digit of ['b', 'd']) {
    list.prepare('INSERT INTO _cf_ALARM VALUES (?, 7)').run(digit.repeat(64))
  }
  opened.push(busy, listed, unlisted, list, create('edgemint-StatusLists', id('e')))
  writeFileSync(place('state', 'signing-key.json'), '{"kty":"EC"}')
  writeFileSync(place('state', 'serve.pid'), '1')
  writeFileSync(place('state', 'state-version.json'), '{"release":"0.2.0"}')
})
afterAll(() => {
  for (const database of opened) database.close()
  rmSync(scratch, { recursive: true, force: true })
})

const backUp = (out: string, ...more: readonly string[]) =>
  runCli(['backup', '--state', place('state'), '--out', place(out), ...more])
const restore = (from: string, to: string) => runCli(['restore', place(from), '--state', place(to)])
const read = (path: string, query: string) => {
  const database = new DatabaseSync(path, { readBigInts: true })
  const rows = database.prepare(query).all()
  database.close()
  return rows.map((row) => ({ ...row }))
}

test('a database that is written to is copied as of a commit', async () => {
  let value = 0
  let isRunning = true
  const write = async () => {
    while (isRunning) {
      // Three rows of one transaction: a copy has all of them or none.
      busy.exec('BEGIN')
      for (let row = 0; row < 3; row += 1) {
        value += 1
        busy.prepare('INSERT INTO numbers VALUES (?, ?)').run(value, 'x'.repeat(2000))
      }
      busy.exec('COMMIT')
      // SQLite starts the WAL again after a checkpoint: the copy must notice.
      if (value % 30 === 0) busy.exec('PRAGMA wal_checkpoint(PASSIVE)')
      await wait(0)
    }
  }
  const writing = write()
  try {
    for (let round = 0; round < 8; round += 1) {
      await wait(20)
      const before = value
      const { exitCode, stderr } = await backUp(`busy-${round}`)
      expect(exitCode, stderr).toBe(0)
      const path = place(`busy-${round}`, OBJECTS, 'edgemint-TrustStore', id('a'))
      const [row] = read(path, 'SELECT COUNT(*) AS count, MAX(value) AS last FROM numbers')
      expect(row?.count).toBe(row?.last)
      expect(Number(row?.last)).toBeGreaterThanOrEqual(before)
      expect(Number(row?.last) % 3).toBe(0)
      expect(read(path, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    }
  } finally {
    isRunning = false
    await writing
  }
})

test('leaves out keys, process files and the indexes of status lists', async () => {
  await backUp('plain')
  const names = readdirSync(place('plain'), { recursive: true, encoding: 'utf8' })
  expect(names.filter((name) => /signing-key|pid|lock|Status|-wal|-shm/.test(name))).toEqual([])
  const { stderr } = await backUp('keyed', '--with-keys')
  expect(stderr).toContain('whoever reads it can issue tokens')
  expect(statSync(place('keyed', 'signing-key.json')).mode & 0o077).toBe(0)
  expect(statSync(place('keyed')).mode & 0o077).toBe(0)
})

test('keeps an alarm only if the object and the list of alarms have it', async () => {
  const folder = place('plain', OBJECTS, 'edgemint-RevocationLog')
  const alarmOf = (digit: string) => read(join(folder, id(digit)), 'SELECT * FROM _cf_METADATA')
  expect(alarmOf('b')).toEqual([{ key: 1n, value: ALARM }])
  expect(alarmOf('c')).toEqual([])
  expect(read(join(folder, 'metadata.sqlite'), 'SELECT * FROM _cf_ALARM')).toEqual([
    { actor_id: 'b'.repeat(64), scheduled_time: ALARM },
  ])
})

test('restores every file, for this user alone', async () => {
  const { exitCode, stderr } = await restore('keyed', 'again')
  expect(exitCode, stderr).toBe(0)
  expect(stderr).toContain('hint: stop the old gateway before you start this one')
  expect(stderr).not.toContain('signing keys')
  expect((await restore('plain', 'unkeyed')).stderr).toContain('give serve the old ones')
  expect(readFileSync(place('again', 'signing-key.json'), 'utf8')).toBe('{"kty":"EC"}')
  expect(readFileSync(place('again', 'state-version.json'), 'utf8')).toBe('{"release":"0.2.0"}')
  expect(statSync(place('again')).mode & 0o077).toBe(0)
  expect(JSON.parse(readFileSync(place('again', 'restored.json'), 'utf8'))).toEqual({
    restored_at: expect.any(Number),
  })
  const second = await restore('keyed', 'again')
  expect(second.exitCode).toBe(2)
  expect(second.stderr).toContain('is not empty; nothing was changed')
})

const DATABASE = join(OBJECTS, 'edgemint-TrustStore', id('a'))
test.each<[string, (folder: string) => void, string]>([
  ['a changed byte', (folder) => flip(join(folder, DATABASE), 5000), 'damaged in objects/do'],
  ['a byte more', (folder) => appendFileSync(join(folder, DATABASE), 'x'), 'damaged in objects/do'],
  ['a byte less', (folder) => cut(join(folder, DATABASE)), 'damaged in objects/do'],
  ['no database', (folder) => rmSync(join(folder, DATABASE)), 'damaged in objects/do'],
  ['a link', (folder) => link(folder), 'damaged in objects/do'],
  ['a changed manifest', (folder) => flip(join(folder, 'manifest.json'), 60), 'manifest.json'],
  ['half a manifest', (folder) => cut(join(folder, 'manifest.json')), 'manifest.json'],
  ['no manifest', (folder) => rmSync(join(folder, 'manifest.json')), 'it has no manifest.json'],
  ['another path', (folder) => edit(folder, DATABASE, '../a.sqlite'), 'damaged in manifest.json'],
  ['another path, with its digest', (folder) => moveOut(folder), 'damaged in manifest.json'],
  [
    'a newer version',
    (folder) => edit(folder, '"edgemint_backup": 1', '"edgemint_backup": 2'),
    'is from release',
  ],
  [
    'a newer release',
    (folder) => edit(folder, `"${RELEASE}"`, '"99.0.0"'),
    'is from release 99.0.0',
  ],
])('ADM-15 refuses %s, and writes nothing', async (name, change, message) => {
  const [from, to] = [`from ${name}`, `to ${name}`]
  cpSync(place('keyed'), place(from), { recursive: true })
  change(place(from))
  const { exitCode, stderr } = await restore(from, to)
  expect(exitCode).not.toBe(0)
  expect(stderr).toContain(message)
  expect(readdirSync(scratch).filter((entry) => entry.includes(to))).toEqual([])
})

test('ADM-15 refuses a path outside of the backup, whoever wrote the manifest', async () => {
  const outside = join('..', OBJECTS, 'edgemint-TrustStore', id('a'))
  mkdirSync(place('crafted'))
  mkdirSync(join(place('crafted'), outside, '..'), { recursive: true })
  writeFileSync(join(place('crafted'), outside), 'x')
  const sha256 = createHash('sha256').update('x').digest('hex')
  const files = [{ path: outside, bytes: 1, sha256 }]
  const text = renderManifest({ created_at: 1, has_keys: false, files })
  writeFileSync(place('crafted', 'manifest.json'), text)
  const { exitCode, stderr } = await restore('crafted', 'from-crafted')
  expect(stderr).toContain('damaged in manifest.json; nothing was changed')
  expect(exitCode).toBe(1)
})

test('every byte of a manifest is checked', async () => {
  const whole = readFileSync(place('keyed', 'manifest.json'))
  cpSync(place('keyed'), place('flipped'), { recursive: true })
  for (let at = 0; at < whole.length; at += 1) {
    const changed = Buffer.from(whole)
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 7))
    writeFileSync(place('flipped', 'manifest.json'), changed)
    const { exitCode } = await restore('flipped', 'never')
    expect(exitCode, `byte ${at}`).toBe(1)
  }
  expect(existsSync(place('never'))).toBe(false)
})

test('refuses other directories, with a sentence', async () => {
  const none = await runCli(['backup', '--state', place('absent'), '--out', place('x')])
  expect(none.stderr).toContain('is not the state directory of a gateway')
  mkdirSync(place('unreadable', 'objects'), { recursive: true })
  symlinkSync('do', place('unreadable', OBJECTS))
  const unreadable = await runCli(['backup', '--state', place('unreadable'), '--out', place('x')])
  expect(unreadable.stderr).toMatch(
    /^edgemint: refused: cannot use .+: its path has a loop of symbolic links; no backup was written$/m,
  )
  const taken = await backUp('plain')
  expect(taken.stderr).toContain('it exists already')
  rmSync(place('state', 'signing-key.json'))
  const { exitCode, stderr } = await backUp('keyless', '--with-keys')
  expect(exitCode).toBe(1)
  expect(stderr).toContain('has no signing key; no backup was written')
  expect(readdirSync(scratch).filter((name) => name.includes('keyless'))).toEqual([])
})

function flip(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  chmodSync(path, 0o600)
  writeFileSync(path, bytes)
}

function cut(path: string): void {
  truncateSync(path, statSync(path).size - 1)
}

function link(folder: string): void {
  const path = join(folder, DATABASE)
  cpSync(path, place('elsewhere.sqlite'))
  rmSync(path)
  symlinkSync(place('elsewhere.sqlite'), path)
}

function edit(folder: string, from: string, to: string): void {
  const path = join(folder, 'manifest.json')
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
}

/** Whoever makes a backup can compute the digest of its manifest. */
function moveOut(folder: string): void {
  cpSync(join(folder, DATABASE), place('a.sqlite'))
  const path = join(folder, 'manifest.json')
  const text = readFileSync(path, 'utf8').replace(DATABASE, '../a.sqlite')
  const { sha256: _, ...body } = JSON.parse(text) as { readonly sha256: string }
  const sha256 = createHash('sha256').update(JSON.stringify(body)).digest('hex')
  writeFileSync(path, `${JSON.stringify({ ...body, sha256 }, null, 2)}\n`)
}

test('a restore says in a sentence what it cannot use', async () => {
  writeFileSync(place('no-directory'), '')
  const target = await restore('keyed', 'no-directory')
  expect(target.stderr).toContain('no-directory is not a directory\n')
  mkdirSync(place('linked-manifest'))
  symlinkSync(place('keyed', 'manifest.json'), place('linked-manifest', 'manifest.json'))
  const source = await restore('linked-manifest', 'never')
  expect(source.stderr).toMatch(/^edgemint: .*manifest\.json is a symbolic link\n/)
  expect([target.exitCode, source.exitCode]).toEqual([2, 2])
})

test('what the file system refuses is one sentence, and nothing is left', async () => {
  writeFileSync(place('file'), '')
  const made = await backUp('file/below')
  expect(made.exitCode).toBe(1)
  expect(made.stderr).toMatch(
    /^edgemint: refused: cannot use .*: a part of its path is not a directory; no backup was written\n/,
  )
  const imported = await runCli([
    'import',
    scratch,
    '--url',
    'http://127.0.0.1:1',
    '--token-file',
    place('file'),
  ])
  expect(imported.exitCode).toBe(2)
  expect(imported.stderr).toMatch(/^edgemint: cannot read .*: it is a directory\n/)
})
