/** The folder to which `edgemint decisions export` writes. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { createScratch, runCli } from '../support/run.ts'

const write = createScratch()
const flags = [
  '--url',
  'http://127.0.0.1:9',
  '--token-file',
  write('admin.jwt', 'admin.token.text'),
]
const folder = mkdtempSync(join(tmpdir(), 'edgemint-export-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('is no link without a target', async () => {
  const out = join(folder, 'dangling')
  symlinkSync(join(folder, 'nothing'), out)
  const { stderr, exitCode } = await runCli(['decisions', 'export', '--out', out, ...flags])
  expect(exitCode).toBe(2)
  expect(stderr).toContain(`cannot write to ${out}: it is not a directory; name another one`)
})

it('takes files', async () => {
  const { stderr, exitCode } = await runCli(['decisions', 'export', '--out', '/proc', ...flags])
  expect(stderr).toContain(
    'cannot write /proc/decisions-0.ndjson: its directory takes no new files\n',
  )
  expect(exitCode).toBe(2)
})
