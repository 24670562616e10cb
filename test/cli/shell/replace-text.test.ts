/** Replacing the text of a file that another program may change. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

  it('says why a file cannot be written', async () => {
    rmSync(file)
    await expect(replaceText(file, Buffer.from('old'), 'new')).rejects.toMatchObject({
      message: expect.stringContaining(`cannot write ${file}: `),
      exitCode: 2,
    })
  })
})
