/** Replacing the text of a file that another program may change. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replaceText } from '../../../src/cli/shell/replace-text.ts'

describe('replaceText', () => {
  let folder = ''
  let file = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edgemint-replace-'))
    file = join(folder, 'trust.yaml')
    writeFileSync(file, 'old')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('writes the text and leaves no other file', async () => {
    await replaceText(file, Buffer.from('old'), 'new')
    expect(readFileSync(file, 'utf8')).toBe('new')
    expect(readdirSync(folder)).toEqual(['trust.yaml'])
  })

  it('keeps what another program wrote meanwhile', async () => {
    const before = Buffer.from('old')
    writeFileSync(file, 'of another program')
    await expect(replaceText(file, before, 'new')).rejects.toMatchObject({
      message: expect.stringContaining('was changed by another program meanwhile'),
      hints: ['run the command again'],
      exitCode: 1,
    })
    expect(readFileSync(file, 'utf8')).toBe('of another program')
    expect(readdirSync(folder)).toEqual(['trust.yaml'])
  })

  const NOBODY = 65_534
  const FOREIGN = 65_533
  it.each([
    ['keeps the rights of its group', NOBODY, 0o664],
    ['gives the group of the user no more rights than everyone', FOREIGN, 0o644],
  ])('%s in a file of another user', (_, gid, left) => {
    const isRoot = process.getuid?.() === 0
    chmodSync(folder, 0o777)
    if (isRoot) chownSync(file, 0, gid)
    chmodSync(file, 0o664)
    const url = new URL('../../../src/cli/shell/replace-text.ts', import.meta.url).href
    const call = `replaceText(${JSON.stringify(file)}, Buffer.from('old'), 'new')`
    const code = `import { replaceText } from '${url}'; await ${call}`
    const ids = isRoot ? { uid: NOBODY, gid: NOBODY } : {}
    const run = ['--input-type=module', '-e', code]
    const { stderr } = spawnSync(process.execPath, run, { ...ids, cwd: '/', encoding: 'utf8' })
    expect([stderr, readFileSync(file, 'utf8')]).toEqual(['', 'new'])
    expect(statSync(file).mode & 0o777).toBe(isRoot ? left : 0o664)
  })

  it('says why a file cannot be written', async () => {
    rmSync(file)
    await expect(replaceText(file, Buffer.from('old'), 'new')).rejects.toMatchObject({
      message: expect.stringContaining(`cannot write ${file}: `),
      exitCode: 2,
    })
  })
})
