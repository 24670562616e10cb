/** ADM-15: something else in place of a file of a backup or state, and what a killed command left. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { renderManifest } from '../../../src/cli/backup/state/manifest.ts'
import { runCli } from '../support/run.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-strange-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const KEY = 'signing-key.json'
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(scratch, 'run-'))
})
const place = (...names: readonly string[]) => join(folder, ...names)
const makePipe = (path: string) => spawnSync('mkfifo', [path])

describe('a backup to restore', () => {
  const makeBackup = (files: readonly string[], createdAt = 1) => {
    mkdirSync(place('backup'))
    writeFileSync(place('backup', KEY), '{}')
    const sha256 = createHash('sha256').update('{}').digest('hex')
    const described = files.map((path) => ({ path, bytes: 2, sha256 }))
    const manifest = { created_at: createdAt, has_keys: true, files: described }
    writeFileSync(place('backup', 'manifest.json'), renderManifest(manifest))
  }
  const restore = () => runCli(['restore', place('backup'), '--state', place('state')])

  it.each([
    ['manifest.json', 'a named pipe', makePipe],
    ['manifest.json', 'a directory', mkdirSync],
    [KEY, 'a named pipe', makePipe],
    [KEY, 'a directory', mkdirSync],
  ])('is damaged when %s is %s', async (name, _what, make) => {
    makeBackup([KEY])
    rmSync(place('backup', name))
    make(place('backup', name))
    const { exitCode, stderr } = await restore()
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`is damaged in ${name}; nothing was changed\n`)
    expect(readdirSync(folder)).toEqual(['backup'])
  })

  it.each([
    ['a file twice', [KEY, KEY], 1],
    ['a time after the last one', [KEY], Number.MAX_SAFE_INTEGER],
  ])('is damaged with %s in its manifest', async (_what, files, createdAt) => {
    makeBackup(files, createdAt)
    const { exitCode, stderr } = await restore()
    expect(exitCode).toBe(1)
    expect(stderr).toContain('is damaged in manifest.json; nothing was changed\n')
    expect(readdirSync(folder)).toEqual(['backup'])
  })

  it('is restored although a killed command with the same process id left a directory', async () => {
    makeBackup([KEY])
    mkdirSync(place(`.state.restoring-${process.pid}`))
    expect((await restore()).exitCode).toBe(0)
    expect(readFileSync(place('state', KEY), 'utf8')).toBe('{}')
  })
})

describe('a state to back up', () => {
  const whole = join(scratch, 'whole')
  const objects = join(whole, 'objects', 'do', 'edgemint-TrustStore')
  mkdirSync(objects, { recursive: true })
  const database = new DatabaseSync(join(objects, `${'a'.repeat(64)}.sqlite`))
  database.exec('CREATE TABLE revisions (number INTEGER)')
  database.close()
  writeFileSync(join(whole, 'state-version.json'), '{}')
  writeFileSync(join(whole, KEY), '{}')
  beforeEach(() => cpSync(whole, place('state'), { recursive: true }))
  const backUp = () =>
    runCli(['backup', '--state', place('state'), '--with-keys', '--out', place('backup')])

  it.each([
    [KEY, 'a link', (path: string) => symlinkSync('/etc/hostname', path), 'is a symbolic link'],
    [KEY, 'a named pipe', makePipe, 'is not a file'],
    ['state-version.json', 'a named pipe', makePipe, 'is not a file'],
    ['state-version.json', 'a directory', mkdirSync, 'is not a file'],
  ])('is refused when %s is %s', async (name, _what, make, fault) => {
    rmSync(place('state', name))
    make(place('state', name))
    const { exitCode, stderr } = await backUp()
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`${name} ${fault}`)
    expect(stderr).toContain('; no backup was written\n')
    expect(stderr).not.toContain('stored-objects.json')
    expect(readdirSync(folder)).toEqual(['state'])
  })

  it('does not get the files that a killed command with the same process id left', async () => {
    mkdirSync(place(`.backup.partial-${process.pid}`))
    writeFileSync(place(`.backup.partial-${process.pid}`, 'signing-key-7.json'), '{}')
    expect((await backUp()).exitCode).toBe(0)
    expect(existsSync(place('backup', KEY))).toBe(true)
    expect(existsSync(place('backup', 'signing-key-7.json'))).toBe(false)
  })
})
