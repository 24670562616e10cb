/** Commands in a folder that another program removed, as a clean-up of a CI job does. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compileCache } from '../../../support/compile-cache.ts'
import { createScratch, root } from '../../support/run.ts'

const token = createScratch()('token.jwt', 'header.payload.signature')
const target = ['--url', 'http://127.0.0.1:9', '--token-file', token]
const api = [...target, '--resource', 'https://api.example.com']
const NO_FOLDER = 'the current directory does not exist any more'

function runInRemoved(args: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'edgemint-removed-'))
  const main = join(root, 'dist/cli/shell/main.js')
  const script = `cd "$0" && rmdir "$0" && exec "$@"`
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', script, folder, process.execPath, main, ...args],
    { env: { PATH: process.env.PATH, EDGEMINT_RETRY_SECONDS: '0', ...compileCache() } },
  )
  return { exitCode: status, lines: stderr.toString().split('\n') }
}

test.each([
  ['serve', ['serve', '--port', '0']],
  ['exec', ['exec', ...api, '--file', 'token', '--', 'true']],
  [
    'credential npm',
    ['credential', 'npm', ...api, '--registry', 'https://a.example', '--write', 'x'],
  ],
])('%s says that its folder does not exist', (_, args) => {
  const { exitCode, lines } = runInRemoved(args)
  expect([exitCode, lines[0]]).toEqual([2, `edgemint: ${NO_FOLDER}`])
  expect(lines[1]).toBe('edgemint: hint: change to a directory that exists: cd')
})

test('export says that its folder does not exist', () => {
  const { exitCode, lines } = runInRemoved(['export', ...target, '--out', 'x'])
  expect([exitCode, lines[0]]).toEqual([
    1,
    `edgemint: refused: ${NO_FOLDER}; no export was written`,
  ])
})

test('a command that needs no folder works', () => {
  expect(runInRemoved(['providers', 'github-actions']).exitCode).toBe(0)
})
