import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { createScratch, root, runCli } from '../support/run.ts'

let child: ChildProcess | undefined
afterEach(() => {
  child?.kill('SIGKILL')
})

/** Starts a dev issuer on a free port, and returns its ready line and its exit. */
async function start(...args: readonly string[]) {
  const started = spawn(
    process.execPath,
    [join(root, 'dist/cli/shell/main.js'), 'dev-issuer', '--port', '0', ...args],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  child = started
  const ended = new Promise<number | null>((resolve) => started.once('exit', resolve))
  const line = await new Promise<string>((resolve) => {
    createInterface({ input: started.stdout }).once('line', resolve)
  })
  return { child: started, ended, ready: JSON.parse(line) }
}

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'prints its URL, and ends with 0 on %s',
  async (signal) => {
    const { child, ended, ready } = await start()
    expect(Object.keys(ready)).toEqual(['issuer'])
    const response = await fetch(`${ready.issuer}/.well-known/openid-configuration`)
    expect((await response.json()).issuer).toBe(ready.issuer)
    child.kill(signal)
    expect(await ended).toBe(0)
  },
)

test('names the process that uses its port', async () => {
  const { child: holder, ready } = await start()
  const { port } = new URL(ready.issuer)
  expect(await runCli(['dev-issuer', '--port', port])).toEqual({
    stdout: '',
    stderr: [
      `edgemint: 127.0.0.1:${port} is already in use by process ${holder.pid} (node)`,
      'edgemint: hint: stop it, or choose another with --port; port 0 picks a free port',
      '',
    ].join('\n'),
    exitCode: 2,
  })
})

test('names the flag whose address cannot be used', async () => {
  const { child: holder, ready } = await start()
  const { port } = new URL(ready.issuer)
  expect(await runCli(['dev-issuer', '--port', '0', '--keys-port', port])).toEqual({
    stdout: '',
    stderr: [
      `edgemint: 127.0.0.1:${port} is already in use by process ${holder.pid} (node)`,
      'edgemint: hint: stop it, or choose another with --keys-port; port 0 picks a free port',
      '',
    ].join('\n'),
    exitCode: 2,
  })
  expect((await runCli(['dev-issuer', '--port', port, '--keys-port', port])).stderr).toContain(
    `edgemint: --port and --keys-port are both ${port}\n`,
  )
  expect((await runCli(['dev-issuer', '--host', '192.0.2.1'])).stderr).toBe(
    [
      'edgemint: 192.0.2.1:7600 is not an address of this machine',
      'edgemint: hint: choose another host with --host, such as 127.0.0.1',
      '',
    ].join('\n'),
  )
})

const peopleFile = createScratch()

test('signs in the people of a file', async () => {
  const file = peopleFile('people.json', JSON.stringify([{ sub: 'u1', name: 'Zoe' }]))
  const { ready } = await start('--people', file)
  const url = new URL(`${ready.issuer}/people/device`)
  const body = new URLSearchParams({ client_id: 'edgemint', scope: 'openid' })
  const started = await fetch(`${ready.issuer}/people/device_authorization`, {
    method: 'POST',
    body,
  })
  url.searchParams.set('user_code', (await started.json()).user_code)
  const page = await (await fetch(url)).text()
  expect(page).toContain('>Zoe<')
  expect(page).not.toContain('Ada')
})

test.each([
  ['no JSON', '{', 'the file of --people is not JSON'],
  [
    'no list',
    '{}',
    'the file of --people must be a list of objects with the claims of each person',
  ],
  [
    'a person without sub',
    '[{"sub":"a"},{}]',
    'the file of --people must have a text "sub" in entry 2',
  ],
  [
    'two of a kind',
    '[{"sub":"a"},{"sub":"a"}]',
    'the file of --people must have a different "sub" in each entry',
  ],
  [
    'a claim of the issuer',
    '[{"sub":"a","iss":"x"}]',
    'the file of --people must not have "iss": the issuer sets it',
  ],
])('does not start with %s', async (_, text, message) => {
  const args = ['dev-issuer', '--port', '0', '--people', peopleFile('bad.json', text)]
  const { stdout, stderr, exitCode } = await runCli(args)
  expect([stdout, exitCode]).toEqual(['', 2])
  expect(stderr.split('\n')[0]).toBe(`edgemint: ${message}`)
})
