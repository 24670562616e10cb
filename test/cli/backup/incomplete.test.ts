/** WRK-13: a state that has lost a database becomes no backup. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runCli } from '../support/run.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-incomplete-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const state = join(scratch, 'state')
const list = join(state, 'stored-objects.json')
mkdirSync(join(state, 'objects', 'do', 'edgemint-TrustStore'), { recursive: true })
writeFileSync(join(state, 'state-version.json'), '{}')

const backUp = () => runCli(['backup', '--state', state, '--out', join(scratch, 'backup')])
const objects = [`RevocationLog/${'a'.repeat(64)}.sqlite`]

test.each([
  [
    'with a database that is missing',
    JSON.stringify({ objects }),
    'a.sqlite was deleted or replaced',
  ],
  ['with a damaged list', 'x', 'is damaged: restore a backup, or remove it'],
])('refuses a state %s', async (_, text, fault) => {
  writeFileSync(list, text)
  const { exitCode, stderr } = await backUp()
  expect(exitCode).toBe(1)
  expect(stderr).toContain(`${fault}; no backup was written\n`)
  expect(readdirSync(scratch)).toEqual(['state'])
})

test('writes what is left when the list was removed', async () => {
  rmSync(list, { force: true })
  expect((await backUp()).exitCode).toBe(0)
})
