/** What `serve` says when a part of the state directory is another thing, or is for another user. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { spawnCli } from '../../support/run.ts'
import { CLI, prepareServe } from '../../support/serve.ts'

const { scratch, newState } = prepareServe()
const NOBODY = 65_534

it.each([
  'objects',
  'objects/do',
  'objects/kv',
  'objects/cache',
  'objects/do/edgemint-TrustStore',
  'objects/kv/REVOCATIONS',
])('names %s that is a file, before workerd starts', async (name) => {
  const state = newState()
  const path = join(state, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '')
  expect(await spawnCli(['serve', '--port', '0', '--state', state])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `edgemint: cannot start: ${path} is not a directory: move it away\nedgemint: hint: restore a backup to a new directory (npx edgemint restore --help), or choose another with --state\n`,
  })
  expect(existsSync(join(state, 'state-version.json'))).toBe(false)
})

it.each(['state-version.json', 'stored-objects.json', 'restored.json'])(
  'has a next step when %s is a directory',
  async (name) => {
    const state = newState()
    mkdirSync(join(state, name), { recursive: true })
    const { exitCode, stderr } = await spawnCli(['serve', '--port', '0', '--state', state])
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/ is not a file\nedgemint: hint: restore a backup to a new directory /)
  },
)

it.runIf(process.getuid !== undefined).each(['state-version.json', 'restored.json'])(
  'says chown when this user cannot read %s',
  async (name) => {
    const isRoot = process.getuid?.() === 0
    const state = newState()
    mkdirSync(state)
    writeFileSync(join(state, name), '{}')
    chmodSync(join(state, name), isRoot ? 0o600 : 0)
    if (isRoot) {
      chmodSync(scratch, 0o755)
      chownSync(state, NOBODY, NOBODY)
    }
    const child = spawn(process.execPath, [CLI, 'serve', '--port', '0', '--state', state], {
      ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
      cwd: scratch,
      env: {},
    })
    const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')])
    const owner = isRoot ? NOBODY : process.getuid?.()
    expect(stderr).toBe(
      `edgemint: cannot start: ${join(state, name)} cannot be read by this user: change its owner with chown\nedgemint: hint: as root: chown -R ${owner} ${state}\n`,
    )
  },
)
