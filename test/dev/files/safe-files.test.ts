import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { replaceOwnFile, writeOwnFile } from '../../../src/dev/files/safe-files.ts'
import { endLocalKey, loadLocalKeys } from '../../../src/dev/serve/local-keys.ts'
import { writeStateVersion } from '../../../src/dev/serve/state-version.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-files-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const newState = () => mkdtempSync(join(scratch, 'state-'))
const source = (path: string) => new URL(`../../../src/${path}`, import.meta.url).href
const safeFiles = source('dev/files/safe-files.ts')

/** Runs code in a process that can write no byte to any file, as on a full disk. */
function runOnFullDisk(code: string): string {
  const run = ['-c', 'ulimit -f 0; exec "$0" --input-type=module -e "$1"', process.execPath, code]
  const { status, stderr } = spawnSync('sh', run, { encoding: 'utf8' })
  expect(status).not.toBe(0)
  return stderr
}

describe('a full disk', () => {
  it('KEY-12 does not lose a key whose end is written', async () => {
    const state = newState()
    const [{ path, jwk }] = await loadLocalKeys(state)
    const names = readdirSync(state)
    const call = `endLocalKey(${JSON.stringify(path)}, '2027-01-01T00:00:00Z')`
    const said = runOnFullDisk(
      `import { endLocalKey } from '${source('dev/serve/local-keys.ts')}'; ${call}`,
    )
    expect(said).toContain('EFBIG')
    expect(readFileSync(path, 'utf8').trim()).toBe(jwk)
    expect(readdirSync(state)).toEqual(names)
  })

  it('does not lose the version of a state', () => {
    const state = newState()
    writeStateVersion(state, { hasSingleLedger: true })
    const before = readFileSync(join(state, 'state-version.json'), 'utf8')
    const call = `writeStateVersion(${JSON.stringify(state)}, { hasSingleLedger: false })`
    const said = runOnFullDisk(
      `import { writeStateVersion } from '${source('dev/serve/state-version.ts')}'; ${call}`,
    )
    expect(said).toContain('EFBIG')
    expect(readFileSync(join(state, 'state-version.json'), 'utf8')).toBe(before)
    expect(readdirSync(state)).toEqual(['state-version.json'])
  })
})

it('writes no version of a state that has it already', () => {
  const state = newState()
  writeStateVersion(state, { hasSingleLedger: true })
  const before = statSync(join(state, 'state-version.json')).ino
  writeStateVersion(state, { hasSingleLedger: true })
  expect(statSync(join(state, 'state-version.json')).ino).toBe(before)
})

it('WRK-09 writes a key anew beside the rest of an interrupted write, and through no link', async () => {
  const state = newState()
  const [{ path }] = await loadLocalKeys(state)
  const target = join(scratch, 'target')
  symlinkSync(target, `${path}.new`)
  endLocalKey(path, '2027-01-01T00:00:00Z')
  expect(existsSync(target)).toBe(false)
  writeFileSync(`${path}.new`, '{')
  endLocalKey(path, '2027-02-01T00:00:00Z')
  expect(JSON.parse(readFileSync(path, 'utf8')).retires_at).toBe('2027-02-01T00:00:00Z')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(existsSync(`${path}.new`)).toBe(false)
})

it('WRK-09 refuses a link below the working directory, also one whose name begins with two dots', () => {
  const [checkout, target] = [newState(), newState()]
  symlinkSync(target, join(checkout, '..link'))
  const path = JSON.stringify(join(checkout, '..link', 'state'))
  const code = `import { makeOwnDirectory } from '${safeFiles}'; makeOwnDirectory(${path})`
  const run = ['--input-type=module', '-e', code]
  const { status, stderr } = spawnSync(process.execPath, run, { cwd: checkout, encoding: 'utf8' })
  expect([status, stderr]).toEqual([1, expect.stringContaining('..link')])
  expect(readdirSync(target)).toEqual([])
})

describe.each(['0277', '0777'])('under the umask %s', (umask) => {
  const rights = (path: string) => (statSync(path).mode & 0o777).toString(8)

  /** Only the umask of a process of its own can be set here. */
  function runUnderUmask(code: string, environment: Record<string, string> = {}): void {
    const text = `process.umask(0o${umask}); ${code}`
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', text], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    })
    expect(stderr).not.toContain('Error')
    expect(status).toBe(0)
  }

  it('the owner can use the files of a state', () => {
    const state = join(newState(), 'a/b')
    runUnderUmask(`
      const { makeOwnDirectory, replaceOwnFile, writeOwnFile } = await import('${safeFiles}')
      const { takeLock } = await import('${source('dev/locks/process-lock.ts')}')
      makeOwnDirectory('${state}')
      replaceOwnFile('${state}/kept', 'text')
      writeOwnFile('${state}/new', 'text')
      ;(await takeLock('${state}/lock'))?.release()`)
    expect([rights(join(state, '..')), rights(state)]).toEqual(['700', '700'])
    const files = ['kept', 'new', 'lock'].map((name) => rights(join(state, name)))
    expect(files).toEqual(['600', '600', '600'])
  })

  it('the owner can use the files of init', () => {
    const folder = newState()
    runUnderUmask(`
      const { writeAll } = await import('${source('cli/setup/folder/write-all.ts')}')
      writeAll('${folder}', [
        { path: 'wrangler.toml', text: 'name' },
        { path: '.secrets/keys.json', text: '{}', mode: 0o600 },
      ])`)
    expect(rights(join(folder, 'wrangler.toml'))).toBe('600')
    expect([rights(join(folder, '.secrets')), rights(join(folder, '.secrets/keys.json'))]).toEqual([
      '700',
      '600',
    ])
  })

  it('the owner can use a session', () => {
    const home = newState()
    runUnderUmask(
      `const { writeSession } = await import('${source('cli/people/session-file.ts')}')
      writeSession({ gateway: 'https://sts.example.com' })`,
      { XDG_STATE_HOME: home },
    )
    const [file = ''] = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json'),
    )
    expect(rights(join(home, file))).toBe('600')
  })
})

describe('a directory in place of a file that is written', () => {
  it.each([
    ['file.json', (path: string) => writeOwnFile(path, 'x')],
    ['file.json.new', (path: string) => replaceOwnFile(path, 'x')],
  ])('is named and kept: %s', (name, write) => {
    const state = newState()
    mkdirSync(join(state, name))
    expect(() => write(join(state, 'file.json'))).toThrow(
      `${join(state, name)} is a directory: move it away`,
    )
    expect(readdirSync(state)).toEqual([name])
  })
})
