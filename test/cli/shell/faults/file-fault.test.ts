/** The sentence about a file that cannot be read or written. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  describeFileFault,
  unreadable,
  unwritable,
} from '../../../../src/cli/shell/faults/file-fault.ts'
import { createScratch, runCli } from '../../support/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgemint-write-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
mkdirSync(join(folder, 'directory'))
writeFileSync(join(folder, 'file'), '')

async function faultOf(path: string) {
  const error = await open(path, 'w').then(
    () => undefined,
    (error: unknown) => error,
  )
  return unwritable(path, error)
}

describe('a file that cannot be written', () => {
  it.each([
    ['in a folder that does not exist', join(folder, 'no/where'), 'its directory does not exist'],
    ['in a folder that takes no files', '/proc/x', 'its directory takes no new files'],
    ['that is a folder', join(folder, 'directory'), 'it is a directory'],
    ['below a file', join(folder, 'file/x'), 'a part of its path is not a directory'],
    ['with a long name', join(folder, 'x'.repeat(300)), 'its name is too long'],
  ])('%s', async (_, path, reason) => {
    expect((await faultOf(path)).message).toBe(`cannot write ${path}: ${reason}`)
  })

  it('says how to make a folder that does not exist', async () => {
    const { hints } = await faultOf(join(folder, 'no/where'))
    expect(hints).toEqual([`create the directory first: mkdir -p ${join(folder, 'no')}`])
    expect((await faultOf('/proc/x')).hints).toEqual([])
  })

  it('names the code if it has no sentence for it', () => {
    const error = Object.assign(new Error(), { code: 'EMFILE' })
    expect(unwritable('a', error).message).toBe('cannot write a: EMFILE')
  })
})

describe('a copy that fails', () => {
  it.each([
    ['ENOSPC', 'cannot use to: the disk is full'],
    ['EROFS', 'cannot use to: the file system is read-only'],
    ['EACCES', 'cannot use from: permission denied'],
  ])('names the file that has the fault %s', (code, sentence) => {
    const error = Object.assign(new Error(), { code, path: 'from', dest: 'to' })
    expect(describeFileFault(error)).toBe(sentence)
  })
})

symlinkSync(join(folder, 'loop'), join(folder, 'loop'))

describe('a file that cannot be read', () => {
  it.each([
    ['that is missing', join(folder, 'none'), 'no such file'],
    ['in a loop', join(folder, 'loop'), 'its path has a loop of symbolic links'],
    ['below a file', join(folder, 'file/x'), 'a part of its path is not a directory'],
    ['with a long name', join(folder, 'x'.repeat(300)), 'its name is too long'],
    ['that is a folder', folder, 'it is a directory'],
  ])('%s', async (_, path, reason) => {
    const { stderr, exitCode } = await runCli(['validate', path])
    expect([exitCode, stderr.split('\n')[0]]).toEqual([
      2,
      `edgemint: cannot read ${path}: ${reason}`,
    ])
  })

  it('names the code if it has no sentence for it', () => {
    const error = Object.assign(new Error(), { code: 'EMFILE' })
    expect(unreadable('a', error).message).toBe('cannot read a: EMFILE')
    expect(unreadable('a', undefined).message).toBe('cannot read a')
  })
})

it('names the path of a fault, unless the system names none', () => {
  const fault = (members: object) => describeFileFault(Object.assign(new Error('E: x'), members))
  expect(fault({ code: 'ENOSPC', path: '/a' })).toBe('cannot use /a: the disk is full')
  expect(fault({ code: 'ENOSPC' })).toBe('the disk is full')
  expect(fault({ code: 'EMFILE', path: '/a' })).toBe('E: x')
})

it('edgemint export says why it cannot write', async () => {
  const token = createScratch()('admin.jwt', 'admin.token.text')
  const flags = ['--url', 'http://127.0.0.1:9', '--token-file', token]
  const { stderr, exitCode } = await runCli(['export', '--out', '/proc/x', ...flags])
  expect(stderr).toContain('cannot write /proc/x: its directory takes no new files')
  expect(exitCode).toBe(2)
})
