import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { root, runCli } from '../support/run.ts'

let child: ChildProcess | undefined
afterEach(() => {
  child?.kill('SIGKILL')
})

/** Starts a dev issuer on a free port, and returns its ready line and its exit. */
async function start() {
  const started = spawn(
    process.execPath,
    [join(root, 'dist/cli/shell/main.js'), 'dev-issuer', '--port', '0'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  child = started
  const ended = new Promise<number | null>((resolve) => started.once('exit', resolve))
  const line = await new Promise<string>((resolve) => {
    createInterface({ input: started.stdout }).once('line', resolve)
  })
  return { child: started, ended, ready: JSON.parse(line) }
}

test.each(['SIGTERM', 'SIGINT'] as const)(
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
