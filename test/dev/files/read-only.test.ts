/** A state directory on a read-only file system, which no `chown` makes writable. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { requireAccess } from '../../../src/dev/files/safe-files.ts'

const fault = vi.hoisted(() => ({ code: '' }))
vi.mock('node:fs', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  accessSync: (path: string) => {
    throw Object.assign(new Error(fault.code), { code: fault.code, syscall: 'access', path })
  },
}))

const folder = mkdtempSync(join(tmpdir(), 'edgemint-read-only-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('keeps the error of the system, so that the caller names the file system', () => {
  fault.code = 'EROFS'
  expect(() => requireAccess(folder)).toThrow(
    expect.objectContaining({ code: 'EROFS', syscall: 'access', path: folder }),
  )
})

it('names chown for a directory of another user', () => {
  fault.code = 'EACCES'
  expect(() => requireAccess(folder)).toThrow('change its owner with chown')
})
