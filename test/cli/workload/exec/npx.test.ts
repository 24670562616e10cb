/** The program of `exec` when the npx that started `exec` ends. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'
import { startJobWorld } from '../../../../scripts/extra/job-world.ts'
import { CLI } from '../../support/job.ts'

const world = await startJobWorld()
afterAll(() => world.close())

/** Prints its parent, the process of `exec`, and each signal. Ends 1.5 seconds after the first. */
const PROGRAM = `
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => {
  console.log(signal)
  setTimeout(() => process.exit(), 1500)
})
setInterval(() => {}, 1000)
console.log(process.ppid)`

/** Starts `exec` as npx does: below a shell, with the variables of npm. */
function startBelowShell() {
  const words = [process.execPath, CLI, 'exec', '--', process.execPath, '-e', PROGRAM]
  const shell = spawn('/bin/sh', ['-c', '"$@"; exit 1', 'sh', ...words], {
    env: {
      ...process.env,
      ...world.environment,
      npm_lifecycle_event: 'npx',
      npm_lifecycle_script: 'edgemint "exec"',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { shell, lines: createInterface(shell.stdout)[Symbol.asyncIterator]() }
}

test('gets the SIGTERM that ends npx', async () => {
  const { shell, lines } = startBelowShell()
  await lines.next()
  shell.kill('SIGTERM')
  expect(await lines.next()).toEqual({ value: 'SIGTERM', done: false })
  expect(await lines.next()).toMatchObject({ done: true })
})

test('gets no second signal while it ends after the first', async () => {
  const { shell, lines } = startBelowShell()
  process.kill(Number((await lines.next()).value), 'SIGINT')
  expect(await lines.next()).toEqual({ value: 'SIGINT', done: false })
  shell.kill('SIGTERM')
  expect(await lines.next()).toMatchObject({ done: true })
})
