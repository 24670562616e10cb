/**
 * A file that cannot take all of the output. The system then writes a part first, and refuses the
 * rest: a limit of the size of files behaves as a full disk does.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { compileCache } from '../../../support/compile-cache.ts'
import { startGateway } from '../../support/gateway.ts'
import { createScratch, root, runCli } from '../../support/run.ts'

const gateway = await startGateway()
const write = createScratch()
const flags = ['--url', gateway.url, '--token-file', write('admin.jwt', 'admin.token')]
const folder = mkdtempSync(join(tmpdir(), 'edgemint-full-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const part = `{"type":"edgemint-decisions","padding":"${'x'.repeat(200_000)}"}\n`
beforeEach(() => {
  gateway.answer(() => ({
    status: 200,
    text: part,
    headers: { 'edgemint-decision-shards': '1' },
  }))
})

/** Runs a command with stdout in a file. No file can have more than some kilobytes. */
async function runOnFullDisk(args: readonly string[]) {
  const program = [process.execPath, join(root, 'dist/cli/shell/main.js'), ...args]
  const script = 'ulimit -f 64; exec "$@" > "$0"'
  const child = spawn('sh', ['-c', script, join(folder, 'stdout'), ...program], {
    env: { PATH: process.env.PATH, ...compileCache() },
  })
  child.stdin.end()
  const said = text(child.stderr)
  const exitCode = await new Promise((resolve) => child.once('close', resolve))
  return { exitCode, stderr: await said }
}

test('a command whose output does not fit into its file fails', async () => {
  const { exitCode, stderr } = await runOnFullDisk([
    ...['decisions', 'export', '--shard', '0'],
    ...flags,
  ])
  expect([exitCode, stderr]).toEqual([
    1,
    'edgemint: refused: it would be larger than the system allows; the output is not complete\n',
  ])
})

test('an export to a new folder that is too small leaves neither a file nor the folder', async () => {
  const out = join(folder, 'small')
  const { exitCode, stderr } = await runOnFullDisk(['decisions', 'export', '--out', out, ...flags])
  expect([exitCode, stderr]).toEqual([
    1,
    'edgemint: refused: it would be larger than the system allows; shard 0 was not exported\n',
  ])
  expect(existsSync(out)).toBe(false)
})

test('an export to a path that is no folder is a refusal, not a crash', async () => {
  const out = write('file', '')
  const { exitCode, stderr } = await runCli(['decisions', 'export', '--out', out, ...flags])
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('it is not a directory')])
})
