/**
 * Writes several files, all or none. Each is written beside its place first, so that only renames are
 * left when the first file of the folder changes. If one fails, the files of before are put back.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { keepForOwner, makeDirectory } from '../../../dev/in-house.ts'
import { refuseLinksTo } from './read-file.ts'

/** Of a file that only this user can read. Its folder is of this user alone too. */
export const SECRET_MODE = 0o600

export type FileToWrite = {
  /** Below the folder. */
  readonly path: string
  readonly text: string
  /** 0o644 by default. */
  readonly mode?: number
}

type Staged = {
  readonly target: string
  readonly staged: string
  readonly before: Buffer | undefined
}

/** Throws the error of the system, or an `Error` at a symbolic link. The folder is then as it was. */
export function writeAll(folder: string, files: readonly FileToWrite[]): void {
  const suffix = `.edgemint-${randomBytes(4).toString('hex')}`
  const made: string[] = []
  const staged: Staged[] = []
  const done: Staged[] = []
  try {
    for (const { path, text, mode = 0o644 } of files) {
      refuseLinksTo(folder, path)
      const target = join(folder, path)
      const first = makeDirectory(dirname(target), mode === SECRET_MODE ? 0o700 : 0o755)
      if (first !== undefined) made.push(first)
      const before = existsSync(target) ? readFileSync(target) : undefined
      staged.push({ target, staged: `${target}${suffix}`, before })
      writeFileSync(`${target}${suffix}`, text, { mode, flag: 'wx' })
      keepForOwner(`${target}${suffix}`, 0o600)
    }
    for (const file of staged) {
      renameSync(file.staged, file.target)
      done.push(file)
    }
  } catch (error) {
    for (const { target, before } of done) {
      if (before === undefined) rmSync(target, { force: true })
      else writeFileSync(target, before)
    }
    for (const file of staged) rmSync(file.staged, { force: true })
    for (const path of made.toReversed()) rmSync(path, { recursive: true, force: true })
    throw error
  }
}
