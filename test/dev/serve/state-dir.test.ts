import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { countConnections } from '../../../src/dev/issuer/descriptors.ts'
import { addLocalKey, endLocalKey, loadLocalKeys } from '../../../src/dev/serve/local-keys.ts'
import { claimStateDir } from '../../../src/dev/serve/state-dir.ts'
import { useWorkerdGuard, writeWorkerdGuard } from '../../../src/dev/serve/workerd-guard.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-state-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

let count = 0
function newState(): string {
  count += 1
  const state = join(scratch, `state-${count}`)
  mkdirSync(state, { mode: 0o700 })
  return state
}

const NOBODY = 65_534

/** Everything but one path. */
function giveAway(state: string, kept: string): void {
  chmodSync(scratch, 0o755)
  for (const name of ['.', ...readdirSync(state, { recursive: true, encoding: 'utf8' })]) {
    if (join(state, name) !== kept) chownSync(join(state, name), NOBODY, NOBODY)
  }
}

/** Returns the error of a function of `dev/serve` in a process of its own, which is not root. */
function runAsUser(file: string, name: string, state: string): string {
  const url = new URL(`../../../src/dev/serve/${file}.ts`, import.meta.url).href
  const code = `import { ${name} } from '${url}'; await ${name}(${JSON.stringify(state)})`
  const ids = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const run = ['--input-type=module', '-e', code]
  return spawnSync(process.execPath, run, { ...ids, cwd: '/', encoding: 'utf8' }).stderr
}

/** Does what a gateway does with its directory before workerd starts. */
async function open(state: string): Promise<void> {
  const { release } = await claimStateDir(state)
  try {
    await loadLocalKeys(state)
    writeWorkerdGuard(state)
  } finally {
    release()
  }
}

describe('a state directory', () => {
  it.each([
    'serve.pid',
    'serve.lock',
    'workerd.pid',
    'workerd-guard',
    'signing-key.json',
    'signing-key-rs256.json',
    'objects',
    'objects/do',
    'objects/kv/any/blobs',
  ])('is refused when %s is a symbolic link, and nothing is written through it', async (name) => {
    const state = newState()
    const target = join(scratch, `target-${count}`)
    mkdirSync(join(state, name, '..'), { recursive: true })
    symlinkSync(target, join(state, name))
    await expect(open(state)).rejects.toThrow(`${join(state, name)} is a symbolic link`)
    expect(existsSync(target)).toBe(false)
  })

  it('is refused when it is a symbolic link or not a directory', async () => {
    const state = newState()
    const link = join(scratch, 'link')
    symlinkSync(state, link)
    await expect(open(link)).rejects.toThrow(`${link} is a symbolic link`)
    const file = join(scratch, 'file')
    writeFileSync(file, '')
    await expect(open(file)).rejects.toThrow()
  })

  it('is refused when its lock is no file, which flock would wait for or lock all the same', async () => {
    const folder = newState()
    mkdirSync(join(folder, 'serve.lock'))
    await expect(claimStateDir(folder)).rejects.toThrow('serve.lock is not a file')
    const pipe = newState()
    spawnSync('mkfifo', [join(pipe, 'serve.lock')])
    await expect(claimStateDir(pipe)).rejects.toThrow('serve.lock is not a file')
  })

  it('is claimed once per process, and again after its release', async () => {
    const state = newState()
    const { release } = await claimStateDir(state)
    await expect(claimStateDir(state)).rejects.toThrow(
      `another gateway (process ${process.pid}) is using ${state}`,
    )
    // The refused claim has not released the lock.
    await expect(claimStateDir(state)).rejects.toThrow('is using')
    release()
    await open(state)
  })

  it('is claimed once by gateways of two versions of Node, one of which has only flock', async () => {
    const state = newState()
    const lock = join(state, 'serve.lock')
    const { release } = await claimStateDir(state)
    expect(spawnSync('flock', ['--nonblock', lock, 'true']).status).toBe(1)
    release()
    // What a gateway does on Node 20.
    const other = spawn('flock', [lock, 'sh', '-c', 'echo; exec cat'])
    await once(other.stdout, 'data')
    await expect(claimStateDir(state)).rejects.toThrow('is using')
    other.stdin.end()
    await open(state)
  })

  it.each(['serve.lock', 'objects', 'objects/do/edgemint-TrustStore/metadata.sqlite'])(
    'is refused with the name of a file of another user: %s',
    async (name) => {
      const state = newState()
      const path = join(state, name)
      mkdirSync(name === 'objects' ? path : join(path, '..'), { recursive: true })
      if (name !== 'objects') writeFileSync(path, '')
      chmodSync(path, 0o000)
      // Rights do not hold for root, so the claim is made as another user, who owns the rest.
      if (process.getuid?.() === 0) giveAway(state, path)
      expect(runAsUser('state-dir', 'claimStateDir', state)).toContain(
        `${path} cannot be read and written by this user: change its owner with chown`,
      )
    },
  )

  it('is refused with the name of a key of another user', async () => {
    const state = newState()
    const [{ path }] = await loadLocalKeys(state)
    chmodSync(path, 0o000)
    if (process.getuid?.() === 0) giveAway(state, path)
    expect(runAsUser('local-keys', 'loadLocalKeys', state)).toContain(
      `${path} cannot be read by this user: change its owner with chown`,
    )
  })

  it('belongs to its owner, also what root writes', async () => {
    const state = newState()
    const isRoot = process.getuid?.() === 0
    if (isRoot) chownSync(state, NOBODY, NOBODY)
    const [{ path, jwk }] = await loadLocalKeys(state)
    addLocalKey(state, jwk)
    endLocalKey(path, '2027-01-01T00:00:00Z')
    const owners = readdirSync(state).map((name) => [name, statSync(join(state, name)).uid])
    const owner = isRoot ? NOBODY : process.getuid?.()
    expect(owners).toEqual(
      ['keys.lock', 'signing-key-2.json', 'signing-key-rs256.json', 'signing-key.json'].map(
        (name) => [name, owner],
      ),
    )
  })

  it('reports a process id without a process as that of another container', async () => {
    const state = newState()
    const { release } = await claimStateDir(state)
    writeFileSync(join(state, 'serve.pid'), '999999999')
    await expect(claimStateDir(state)).rejects.toThrow('(process 999999999 of another container)')
    release()
  })

  it.each([
    ['nothing', 'signing-key.json', ''],
    ['half an object', 'signing-key.json', '{'],
    ['a key without its members', 'signing-key.json', '{"kty":"EC","alg":"ES256"}'],
    ['null', 'signing-key-rs256.json', 'null'],
    ['20,000 characters', 'signing-key-rs256.json', 'x'.repeat(20_000)],
  ])('is refused with the name of a key file with %s: %s', async (_, name, text) => {
    const state = newState()
    writeFileSync(join(state, name), text)
    await expect(open(state)).rejects.toThrow(join(state, name))
  })
})

it.each([
  [1_048_576, 4096],
  [1024, 312],
  [256, 16],
])('allows for a limit of %i descriptors %i connections', (limit, connections) => {
  expect(countConnections(limit)).toBe(connections)
})

it('allows at most 4096 connections for the limit of this process', () => {
  expect(countConnections()).toBeLessThanOrEqual(4096)
})

describe('the guard of workerd', () => {
  it('is not used by a later Miniflare of the process after its gateway has ended', () => {
    const before = process.env.MINIFLARE_WORKERD_PATH
    const [first, second] = [newState(), newState()]
    const releaseFirst = useWorkerdGuard(first)
    expect(process.env.MINIFLARE_WORKERD_PATH).toBe(join(first, 'workerd-guard'))
    const releaseSecond = useWorkerdGuard(second)
    releaseFirst()
    expect(process.env.MINIFLARE_WORKERD_PATH).toBe(join(second, 'workerd-guard'))
    releaseSecond()
    expect(process.env.MINIFLARE_WORKERD_PATH).toBe(before)
  })
})
