/** Exports to a file system without hard links, such as FAT. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { writeNewFile } from '../../../src/cli/shell/write-new-file.ts'

vi.mock('node:fs/promises', async (importOriginal) => ({
  ...(await importOriginal<typeof import('node:fs/promises')>()),
  link: () => Promise.reject(Object.assign(new Error('no links'), { code: 'EPERM' })),
}))

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgemint-no-links-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('writes the whole file', async () => {
  await writeNewFile(join(folder, 'file'), 'name another', (put) => put('whole'))
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('whole')
  expect(readdirSync(folder)).toEqual(['file'])
})

it('does not replace a file that another program made meanwhile', async () => {
  const path = join(folder, 'file')
  const written = writeNewFile(path, 'name another', async (put) => {
    await put('mine')
    writeFileSync(path, 'of another program')
  })
  await expect(written).rejects.toThrow(`cannot write ${path}: it exists already; name another`)
  expect(readFileSync(path, 'utf8')).toBe('of another program')
  expect(readdirSync(folder)).toEqual(['file'])
})
