/** A state directory on a read-only file system, which no `chown` makes writable. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { requireAccess } from '../../../src/dev/files/safe-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgemint-read-only-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const refuse = (code: string) => () => {
  throw Object.assign(new Error(code), { code, syscall: 'access', path: folder })
}

it('keeps the error of the system, so that the caller names the file system', () => {
  expect(() => requireAccess(folder, refuse('EROFS'))).toThrow(
    expect.objectContaining({ code: 'EROFS', syscall: 'access', path: folder }),
  )
})

it('names chown for a directory of another user', () => {
  expect(() => requireAccess(folder, refuse('EACCES'))).toThrow('change its owner with chown')
})
