import {
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
import type { KeysReport } from '../../../src/contract/admin.ts'
import { loadLocalKeys } from '../../../src/dev/serve/local-keys.ts'
import { runCli } from '../support/run.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-local-keys-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

let count = 0
async function newState(): Promise<string> {
  count += 1
  const state = join(scratch, `state-${count}`)
  mkdirSync(state, { mode: 0o700 })
  await loadLocalKeys(state)
  return state
}

async function list(state: string): Promise<KeysReport['keys']> {
  const { stdout } = await runCli(['keys', 'list', '--state', state, '--json'])
  return (JSON.parse(stdout) as KeysReport).keys
}

describe('the keys of a state directory', () => {
  it('KEY-12 get a successor in a file of their own, which only its user can read', async () => {
    const state = await newState()
    const { stdout, stderr, exitCode } = await runCli([
      'keys',
      'rotate',
      '--state',
      state,
      '--json',
    ])
    expect(exitCode).toBe(0)
    const path = join(state, 'signing-key-2.json')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(state, 'signing-key.json')).mode & 0o777).toBe(0o600)
    const { d, kid, activates_at: start } = JSON.parse(readFileSync(path, 'utf8'))
    expect(stdout + stderr).not.toContain(d)
    const old = JSON.parse(readFileSync(join(state, 'signing-key.json'), 'utf8'))
    expect(old.retires_at).toBe(start)
    expect((await list(state)).map(({ kid: id, alg, state }) => [id, alg, state])).toEqual([
      [kid, 'ES256', 'scheduled'],
      [expect.any(String), 'RS256', 'signing'],
      [old.kid, 'ES256', 'signing'],
    ])
    const loaded = await loadLocalKeys(state)
    expect(loaded.map(({ secret }) => secret).sort()).toEqual([
      'SIGNING_KEY_LOCAL',
      'SIGNING_KEY_LOCAL_2',
      'SIGNING_KEY_LOCAL_RS256',
    ])
  })

  it('are changed by nothing but a rotation', async () => {
    const state = await newState()
    const before = readdirSync(state)
    await runCli(['keys', 'rotate', '--state', state, '--dry-run'])
    expect(readdirSync(state)).toEqual(before)
    expect((await list(state)).every(({ retires_at: end }) => end === null)).toBe(true)
  })

  it('KEY-12 lose what a killed process left unfinished at the next start of a gateway', async () => {
    const state = await newState()
    for (const name of ['signing-key.json.new', 'signing-key-2.json.new']) {
      writeFileSync(join(state, name), '{')
    }
    await loadLocalKeys(state)
    expect(readdirSync(state).filter((name) => name.endsWith('.new'))).toEqual([])
  })

  it('get no lock in a directory without keys', async () => {
    const state = join(scratch, 'empty')
    mkdirSync(state)
    const { exitCode } = await runCli(['keys', 'rotate', '--state', state])
    expect(exitCode).toBe(2)
    expect(readdirSync(state)).toEqual([])
  })

  it('end when their successor signs', async () => {
    const state = await newState()
    await runCli(['keys', 'rotate', '--state', state, '--now', '--alg', 'RS256'])
    const keys = (await list(state)).filter(({ alg }) => alg === 'RS256')
    expect(keys.map(({ state }) => state).sort()).toEqual(['retired', 'signing'])
    const [kept] = keys.filter(({ state }) => state === 'signing')
    const { stderr, exitCode } = await runCli(['keys', 'retire', kept?.kid ?? '', '--state', state])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('no other RS256 key would sign')
  })

  it('retire at a time', async () => {
    const state = await newState()
    await runCli(['keys', 'rotate', '--state', state, '--activates-at', '2098-01-01T00:00:00Z'])
    const old = (await list(state)).find(({ alg, state }) => alg === 'ES256' && state === 'signing')
    const args = ['retire', old?.kid ?? '', '--state', state, '--at', '2098-02-01T00:00:00Z']
    expect(await runCli(['keys', ...args])).toMatchObject({ exitCode: 0 })
    const ended = (await list(state)).find(({ kid }) => kid === old?.kid)
    expect(ended?.retires_at).toBe(Date.UTC(2098, 1, 1) / 1000)
  })

  it('are not made again at the next start while a key of the algorithm is there', async () => {
    const state = await newState()
    await runCli(['keys', 'rotate', '--state', state])
    rmSync(join(state, 'signing-key.json'))
    await loadLocalKeys(state)
    expect(readdirSync(state).sort()).toEqual([
      'keys.lock',
      'signing-key-2.json',
      'signing-key-rs256.json',
    ])
  })

  it.each([
    ['the successor', 'signing-key-2.json', /no key was changed/],
    [
      'the end of the old key',
      'signing-key.json',
      /the new key is in \S+signing-key-2\.json, and the key \S{43} has no end/,
    ],
  ])('KEY-12 say what a rotation has changed that cannot write %s', async (_, file, message) => {
    const state = await newState()
    const old = readFileSync(join(state, 'signing-key.json'), 'utf8')
    mkdirSync(join(state, `${file}.new`))
    const { stderr, exitCode } = await runCli(['keys', 'rotate', '--state', state])
    expect(stderr).toMatch(message)
    expect(exitCode).toBe(1)
    expect(readFileSync(join(state, 'signing-key.json'), 'utf8')).toBe(old)
  })

  it('say that an end could not be written', async () => {
    const state = await newState()
    await runCli(['keys', 'rotate', '--state', state, '--activates-at', '2098-01-01T00:00:00Z'])
    const path = join(state, 'signing-key.json')
    mkdirSync(`${path}.new`)
    const { kid } = JSON.parse(readFileSync(path, 'utf8')) as { kid: string }
    const args = ['retire', kid, '--state', state, '--at', '2098-02-01T00:00:00Z']
    const { stderr, exitCode } = await runCli(['keys', ...args])
    expect(stderr).toContain('no key was changed')
    expect(exitCode).toBe(1)
  })

  it('are not written through a symbolic link', async () => {
    const state = await newState()
    symlinkSync(join(scratch, 'elsewhere'), join(state, 'signing-key-2.json'))
    const { exitCode } = await runCli(['keys', 'rotate', '--state', state])
    expect(exitCode).toBe(2)
    expect(readdirSync(scratch)).not.toContain('elsewhere')
  })

  it.each([
    ['name', 'SIGNING_KEY_X'],
    ['env', 'production'],
    ['config', 'a.toml'],
  ])('refuse --%s', async (flag, value) => {
    const state = await newState()
    const before = readdirSync(state)
    const args = ['keys', 'rotate', '--state', state, `--${flag}`, value]
    const { stderr, exitCode } = await runCli(args)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`--${flag} is only for a deployed gateway`)
    expect(readdirSync(state)).toEqual(before)
  })

  it('are nowhere before a gateway was started', async () => {
    const { stderr, exitCode } = await runCli(['keys', 'list', '--state', join(scratch, 'none')])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('has no signing keys')
  })
})
