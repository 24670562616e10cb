import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Started, startProcess } from '../../../scripts/processes.ts'
import { trustDocument } from '../../conformance/support/world.ts'
import { runCli } from '../support/run.ts'
import { CLI, until } from '../support/serve.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-serve-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const running: Started[] = []
afterEach(async () => {
  for (const { stop } of running.splice(0)) await stop()
})

let count = 0
function newState(): string {
  count += 1
  return join(scratch, `state-${count}`)
}

async function serve(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const started = await startProcess(process.execPath, [CLI, 'serve', ...args], environment)
  running.push(started)
  return started
}

function writeTrust(name: string, document: unknown): string {
  const path = join(scratch, name)
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document))
  return path
}

const good = () => writeTrust('good.json', trustDocument('http://127.0.0.1:7600'))

describe('edgemint serve', () => {
  it('makes no key when the environment has one', async () => {
    const { stdout } = await runCli(['keys', 'generate', '--algorithm', 'RS256'])
    const state = newState()
    const { ready, said } = await serve(['--port', '0', '--state', state], {
      SIGNING_KEY_MINE: stdout,
    })
    expect(said()).not.toContain('signing key')
    expect(existsSync(join(state, 'signing-key.json'))).toBe(false)
    const { keys } = (await (await fetch(`${String(ready.url)}/jwks.json`)).json()) as {
      keys: { kid: string; alg: string }[]
    }
    expect(keys).toMatchObject([{ kid: (JSON.parse(stdout) as { kid: string }).kid, alg: 'RS256' }])
  })

  it('applies a trust file at start, publishes the given issuer, and keeps its state', async () => {
    const state = newState()
    const issuer = 'https://sts.example.com'
    const args = ['--port', '0', '--state', state, '--local-issuers', '--issuer', issuer]
    const first = await serve([...args, '--trust', good()])
    expect(first.ready).toMatchObject({ issuer, revision: 1 })
    await first.stop()
    // An invalid file is refused with line and column.
    const bad = writeTrust(
      'bad.yaml',
      'version: 1\nissuers: {}\nresources: {}\nrules:\n  - name: r\n    ownr: x\n',
    )
    const { exitCode, stdout, stderr } = await runCli(['serve', ...args, '--trust', bad])
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/bad\.yaml:6:5: .*ownr/)
    const second = await serve(args)
    expect(second.ready).toMatchObject({ revision: 1 })
    await second.stop()
    const third = await serve([...args, '--trust', good()])
    expect(third.ready).toMatchObject({ revision: 1 })
  })

  it('refuses loopback issuers without --local-issuers', async () => {
    const args = ['serve', '--port', '0', '--state', newState(), '--trust', good()]
    const { exitCode, stderr } = await runCli(args)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('--local-issuers')
  })

  it('reports in one line that its port is in use', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const address = taken.address()
    const port = String(typeof address === 'object' ? address?.port : address)
    const { exitCode, stderr } = await runCli(['serve', '--port', port, '--state', newState()])
    await new Promise((resolve) => taken.close(resolve))
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`edgemint: 127.0.0.1:${port} is already in use`)
  })
})

describe('a gateway without a trust file', () => {
  const state = newState()
  let gateway: Started
  beforeAll(async () => {
    gateway = await startProcess(process.execPath, [CLI, 'serve', '--port', '0', '--state', state])
  })
  afterAll(() => gateway.stop())

  it('prints one line of JSON when it is ready, and the path of its new key', async () => {
    const { ready, said } = gateway
    expect(ready).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      issuer: ready.url,
      revision: 0,
    })
    expect(said()).toContain(`edgemint: made a signing key for this machine, ${state}`)
    expect(said()).toContain('edgemint: hint: a deployment needs its own key')
    expect(statSync(join(state, 'signing-key.json')).mode & 0o777).toBe(0o600)
    expect(said()).not.toContain(
      (JSON.parse(readFileSync(join(state, 'signing-key.json'), 'utf8')) as { d: string }).d,
    )
  })

  it('makes files that only this user can read', () => {
    const modes = readdirSync(state).map((name) => statSync(join(state, name)).mode & 0o077)
    expect([statSync(state).mode & 0o077, ...modes].filter((mode) => mode !== 0)).toEqual([])
  })

  it('refuses a state directory that another gateway uses', async () => {
    const { exitCode, stderr } = await runCli(['serve', '--port', '0', '--state', state])
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(
      /another gateway \(process \d+\) is using .*\nedgemint: hint: stop the other gateway, or choose another directory with --state\n$/,
    )
  })

  it('writes each decision to stderr as one JSON line without a token in it', async () => {
    const { ready, said } = gateway
    const canary = 'canary.canary.canary'
    const body = new URLSearchParams({ subject_token: canary, grant_type: 'x' })
    await fetch(`${String(ready.url)}/token`, { method: 'POST', body })
    await until(() => said().includes('"decision"'))
    const line = said()
      .split('\n')
      .find((candidate) => candidate.startsWith('{"event":"decision"'))
    expect(JSON.parse(line ?? '')).toMatchObject({ outcome: 'denied' })
    expect(said()).not.toContain(canary)
  })

  it('ends with 0 after a signal', async () => {
    const { pid, stop, ready } = gateway
    await stop('SIGINT')
    expect(() => process.kill(pid, 0)).toThrow()
    await expect(fetch(`${String(ready.url)}/health`)).rejects.toThrow()
  })
})
