/** Commands that change the keys of one state directory at the same time, as processes. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Started, startProcess } from '../../scripts/processes.ts'
import { loadLocalKeys } from '../../src/dev/serve/local-keys.ts'
import { root } from './support/world.ts'

const CLI = join(root, 'dist/cli/shell/main.js')
const scratch = mkdtempSync(join(tmpdir(), 'edgemint-key-changes-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

async function newState(name: string): Promise<string> {
  const state = join(scratch, name)
  mkdirSync(state, { mode: 0o700 })
  await loadLocalKeys(state)
  return state
}

type Ended = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }

function runProcess(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  return new Promise((resolve) => {
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }))
  })
}

// An RSA key takes longer to make, so the commands overlap for longer.
const rotate = (state: string) =>
  runProcess('keys', 'rotate', '--alg', 'RS256', '--state', state, '--json')
const readKey = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as { readonly kid: string }
const successors = (state: string) =>
  readdirSync(state).filter((name) => /^signing-key-\d+\.json/.test(name))

/** A process that has the lock of the keys, and has written a part of a new key. */
function startChange(state: string): Promise<Started> {
  const program = `
    import { writeFileSync } from 'node:fs'
    import { join } from 'node:path'
    import { lockLocalKeys } from ${JSON.stringify(join(root, 'dist/dev/in-house.js'))}
    const state = ${JSON.stringify(state)}
    globalThis.lock = await lockLocalKeys(state)
    writeFileSync(join(state, 'signing-key-7.json.new'), '{"d":')
    console.log('{}')
    setInterval(() => {}, 1000)`
  return startProcess(process.execPath, ['--input-type=module', '--eval', program])
}

describe('two changes of the keys of one state directory', () => {
  it('KEY-12 plan one successor, and the path that is printed holds its key', async () => {
    const state = await newState('rotations')
    const all = await Promise.all(Array.from({ length: 4 }, () => rotate(state)))
    const [done, ...others] = all.filter(({ exitCode }) => exitCode === 0)
    expect(others).toEqual([])
    const { kid, secret } = JSON.parse(done?.stdout ?? '')
    expect(readKey(secret).kid).toBe(kid)
    expect(successors(state)).toEqual(['signing-key-2.json'])
    // On a busy machine, making the key can take longer than the others wait for it.
    const refusal = new RegExp(
      `the RS256 key ${kid} is scheduled already|another process is still changing the keys`,
    )
    for (const { stderr, exitCode } of all.filter((one) => one !== done)) {
      expect(exitCode).toBe(1)
      expect(stderr).toMatch(refusal)
    }
  })

  it('KEY-12 leave no lock and no private key behind when one is killed', async () => {
    const state = await newState('killed')
    const change = await startChange(state)
    await change.stop('SIGKILL')
    expect(existsSync(join(state, 'signing-key-7.json.new'))).toBe(true)
    expect(await rotate(state)).toMatchObject({ exitCode: 0 })
    expect(successors(state)).toEqual(['signing-key-2.json'])
  })

  it('say which file is locked, and change nothing, while one does not end', async () => {
    const state = await newState('held')
    const change = await startChange(state)
    const before = readdirSync(state)
    const { exitCode, stderr } = await rotate(state)
    const after = readdirSync(state)
    await change.stop('SIGKILL')
    expect(exitCode).toBe(1)
    expect(stderr).toBe(
      `edgemint: another process is still changing the keys of ${state}; no key was changed
edgemint: hint: wait for it: lsof ${join(state, 'keys.lock')} names it
`,
    )
    expect(after).toEqual(before)
  })
})
