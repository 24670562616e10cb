/** Which directories `backup` and `restore` do not write. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runCli } from '../support/run.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-outside-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const place = (...names: readonly string[]) => join(scratch, ...names)
mkdirSync(place('state', 'objects', 'do', 'edgemint-TrustStore'), { recursive: true })
symlinkSync('state', place('link'))

const backUp = (out: string) => runCli(['backup', '--state', place('state'), '--out', out])

test.each(['state', 'state/b', 'state/objects/b', 'link/b', 'state/../state/b'])(
  'a backup is not written into the state directory: %s',
  async (name) => {
    const out = `${scratch}/${name}`
    const { exitCode, stderr } = await backUp(out)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(
      `cannot write ${out}: it is inside the state directory, ${place('state')}; name another\n`,
    )
    expect(readdirSync(place('state'))).toEqual(['objects'])
  },
)

test.each(['state-of-today', '..state'])('a backup is written beside it: %s', async (name) => {
  expect(await backUp(place(name))).toMatchObject({ exitCode: 0 })
  expect(existsSync(place(name, 'manifest.json'))).toBe(true)
})

test('a backup is not written to stdout', async () => {
  const { exitCode, stderr } = await backUp('-')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('--out must be a directory: a backup has several files\n')
  expect(existsSync('-')).toBe(false)
})

test('a state is not restored into its backup', async () => {
  const folder = place('saved')
  await backUp(folder)
  const { exitCode, stderr } = await runCli(['restore', folder, '--state', join(folder, 'x')])
  expect(exitCode).toBe(2)
  expect(stderr).toContain(`cannot write ${folder}/x: it is inside the backup, ${folder};`)
  expect(existsSync(join(folder, 'x'))).toBe(false)
})
