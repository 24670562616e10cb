/** The state directory: its lock, its links and file modes, and the messages about damage. */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { startProcess } from '../../../../scripts/processes.ts'
import { ANSWERS } from '../../setup/support/project.ts'
import { root, spawnCli } from '../../support/run.ts'
import { CLI, prepareServe, until } from '../../support/serve.ts'

const { scratch, newState, serve, start } = prepareServe()

const tryServe = (state: string) => spawnCli(['serve', '--port', '0', '--state', state])

it('is refused below a file, which the message names', async () => {
  const file = newState()
  writeFileSync(file, '')
  expect(await tryServe(join(file, 'state'))).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(`edgemint: cannot start: ${file} is not a directory\n`),
  })
})

const TOKEN = join(scratch, 'token')
// The option `recursive` of Node's mkdir never returns there.
describe.runIf(process.platform === 'linux')('a directory in /proc, which has no new ones', () => {
  beforeAll(() => writeFileSync(TOKEN, 'a.b.c'))
  const out = '/proc/edgemint/state'
  const message = 'cannot create /proc/edgemint: its file system has no new directories'
  it.each([
    ['serve', ['--port', '0', '--state', out], 2],
    [
      'decisions',
      ['export', '--out', out, '--url', 'http://127.0.0.1:9', '--token-file', TOKEN],
      1,
    ],
    ['init', ['--directory', out, ...ANSWERS], 2],
  ])(
    'is refused by %s',
    async (command, flags, code) => {
      const args = [CLI, command, ...flags]
      const ended = await promisify(execFile)(process.execPath, args, {
        cwd: scratch,
        timeout: 20_000,
      }).catch((error) => error)
      expect(ended.stderr).toContain(message)
      expect(ended.code).toBe(code)
    },
    30_000,
  )
})

describe('the lock', () => {
  it('is taken by one of many gateways that start at the same time', async () => {
    const state = newState()
    const runs = Array.from({ length: 4 }, () =>
      spawn(process.execPath, [CLI, 'serve', '--port', '0', '--state', state], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    )
    const outcomes = await Promise.all(
      runs.map((run) =>
        Promise.race([
          once(run.stdout, 'data').then(() => 'ready'),
          once(run, 'exit').then(([code]) => code as number),
        ]),
      ),
    )
    for (const run of runs) run.kill()
    await Promise.all(runs.map((run) => run.exitCode ?? once(run, 'exit')))
    expect(outcomes.toSorted()).toEqual([2, 2, 2, 'ready'])
  })

  it('ends with its process, however that process ends', async () => {
    const state = newState()
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      await (await serve(['--state', state])).stop(signal)
    }
    await expect(serve(['--state', state])).resolves.toBeDefined()
  })

  it('does not depend on a stale process id, and names the process that has it', async () => {
    const state = newState()
    mkdirSync(state, { mode: 0o700 })
    for (const file of ['serve.pid', 'workerd.pid']) {
      writeFileSync(join(state, file), String(process.pid))
    }
    const { pid } = await serve(['--state', state])
    expect(await tryServe(state)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`another gateway (process ${pid}) is using ${state}`),
    })
  })

  it('is taken by the program flock when this version of Node has no SQLite', async () => {
    const state = newState()
    const without = ['--no-experimental-sqlite', CLI, 'serve', '--port', '0', '--state', state]
    const { stop, pid } = await start(process.execPath, without)
    const second = spawn(process.execPath, without, { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    second.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    expect(await once(second, 'close')).toEqual([2, null])
    expect(said).toContain(`another gateway (process ${pid}) is using`)
    await stop('SIGKILL')
    await start(process.execPath, without)
  })
})

describe('the files of the gateway', () => {
  it('are never written through a link in the working directory', async () => {
    const folder = join(scratch, 'repository')
    mkdirSync(folder)
    mkdirSync(join(scratch, 'elsewhere'))
    symlinkSync(join(scratch, 'elsewhere'), join(folder, '.edgemint'))
    const run = spawn(process.execPath, [CLI, 'serve', '--port', '0'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const [chunk] = (await once(run.stderr, 'data')) as [Buffer]
    expect(String(chunk)).toContain('.edgemint is a symbolic link')
    expect(await once(run, 'close')).toEqual([2, null])
    expect(readdirSync(join(scratch, 'elsewhere'))).toEqual([])
  })
})

describe('a damaged state', () => {
  const whole = newState()
  beforeAll(async () => {
    const args = [CLI, 'serve', '--port', '0', '--state', whole]
    const { stop } = await startProcess(process.execPath, args)
    await stop()
  })

  it.each([
    ['the store that lists the objects', /metadata/],
    ['the store of the trust document', /[0-9a-f]{64}/],
  ])('is reported with the database and the next step: %s', async (_name, which) => {
    const state = newState()
    cpSync(whole, state, { recursive: true })
    const files = readdirSync(join(state, 'objects'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.sqlite') && /TrustStore/.test(path))
      .map((path) => join(state, 'objects', path))
      .filter((path) => which.test(path))
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) {
      writeFileSync(file, 'no database at all, '.repeat(400))
      for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
    }
    const { exitCode, stderr, stdout } = await tryServe(state)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    const last = stderr.split('\n').find((line) => line.includes('is damaged'))
    expect(last).toMatch(/^edgemint: .*\.sqlite is damaged: restore it from a backup/)
    expect(files.some((file) => last?.includes(file))).toBe(true)
    expect(stderr).not.toContain('Unexpected token')
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it('WRK-13 without its databases ends the gateway, and is not used as a new one', async () => {
  const state = newState()
  const { pid, said } = await serve(['--state', state])
  rmSync(join(state, 'objects', 'do'), { recursive: true })
  await until(() => !isAlive(pid))
  expect(said()).toMatch(/TrustStore\/[0-9a-f]{64}\.sqlite.* was deleted or replaced\n/)
  const { exitCode, stdout, stderr } = await tryServe(state)
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toMatch(
    /^edgemint: cannot start: .* was deleted or replaced\n.*: restore a backup/,
  )
})

describe('the keys', () => {
  it('are ES256 and RS256 from the start, and an older state gets the RS256 key', async () => {
    const state = newState()
    mkdirSync(state, { mode: 0o700 })
    const { stdout } = await spawnCli(['keys', 'generate'])
    writeFileSync(join(state, 'signing-key.json'), stdout)
    const published = async () => {
      const { ready, stop } = await serve(['--state', state])
      const response = await fetch(`${String(ready.url)}/jwks.json`)
      const { keys } = (await response.json()) as { keys: { kid: string; alg: string }[] }
      await stop()
      return keys.map(({ alg, kid }) => `${alg} ${kid}`).toSorted()
    }
    const first = await published()
    expect(first.map((key) => key.split(' ')[0])).toEqual(['ES256', 'RS256'])
    expect(first[0]).toContain((JSON.parse(stdout) as { kid: string }).kid)
    expect(await published()).toEqual(first)
    expect(readFileSync(join(state, 'signing-key.json'), 'utf8')).toBe(stdout)
  })
})
