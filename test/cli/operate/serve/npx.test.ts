/**
 * A server that npx started ends with npx. A server that was started directly outlives its shell.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, expect, it } from 'vitest'
import { findPortHolder } from '../../../../src/cli/operate/port-holder.ts'
import { CLI, until } from '../../support/serve.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-npx-'))
// A project that has edgemint installed.
mkdirSync(join(scratch, 'node_modules/.bin'), { recursive: true })
writeFileSync(join(scratch, 'package.json'), '{"private":true}')
symlinkSync(CLI, join(scratch, 'node_modules/.bin/edgemint'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const left: number[] = []
afterEach(() => {
  for (const pid of left.splice(0)) if (isRunning(pid)) process.kill(pid, 'SIGKILL')
})

/** Starts a command that starts a server, and returns both processes. */
async function start(command: string, args: readonly string[]) {
  const parent = spawn(command, args, {
    cwd: scratch,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string]
  const { url, issuer } = JSON.parse(line) as Readonly<Record<string, string | undefined>>
  const port = Number(new URL(String(url ?? issuer)).port)
  const pid = (await findPortHolder('127.0.0.1', port))?.pid ?? 0
  left.push(pid)
  return { parent, pid, port }
}

const SERVERS = [
  ['dev-issuer', '--port', '0'],
  ['serve', '--port', '0', '--state', join(scratch, 'state')],
]

it.each(SERVERS)('npx edgemint %s ends with npx, and releases its port', async (...args) => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const { parent, pid, port } = await start('npx', ['edgemint', ...args])
    expect(isRunning(pid)).toBe(true)
    parent.kill(signal)
    await until(() => !isRunning(pid))
    expect(await findPortHolder('127.0.0.1', port)).toBeUndefined()
  }
})

it('keeps a background server running when its shell ends', async () => {
  const command = '"$0" "$1" dev-issuer --port 0 & wait'
  const { parent, pid } = await start('sh', ['-c', command, process.execPath, CLI])
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  // Longer than the server needs to notice the end of its parent.
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(isRunning(pid)).toBe(true)
})

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
