/**
 * The files that hold a token: made anew, readable by the job's user alone, and gone when the job
 * ends. What is to be removed is written down before a token is in it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import type { PlannedFile } from './delivery.ts'
import { setValue } from './runner-files.ts'
import { StepFailure } from './step-failure.ts'

const PREFIX = 'edgemint-'

/** A directory of this step alone. Its name is random and new, so nobody can have prepared it. */
export function createDirectory(): string {
  const directory = mkdtempSync(join(requireTemp(), PREFIX))
  setValue('GITHUB_STATE', 'directory', directory)
  return directory
}

export function writePrivate({ path, content }: PlannedFile, directory: string): void {
  const isInside = path.startsWith(`${directory}${sep}`)
  if (isInside) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    // `wx` neither follows a link nor takes over a file: either would show the token to others.
    writeFileSync(path, '', { flag: 'wx', mode: 0o600 })
  } catch (error) {
    throw new StepFailure(`cannot create ${path} (${errorCode(error)})`, [
      'the directory must be there, and nothing at that path',
    ])
  }
  if (!isInside) setValue('GITHUB_STATE', 'path', path)
  writeFileSync(path, content, { mode: 0o600 })
}

/** Says what could not be removed. */
export function removeAll(state: {
  readonly directory: string | undefined
  readonly path: string | undefined
}): readonly string[] {
  const { directory, path } = state
  return [
    ...(path === undefined ? [] : remove(path, false)),
    ...(directory === undefined || !isOurs(directory) ? [] : remove(directory, true)),
  ]
}

function remove(path: string, recursive: boolean): readonly string[] {
  try {
    rmSync(path, { force: true, recursive })
    return []
  } catch (error) {
    return [`cannot remove ${path} (${errorCode(error)})`]
  }
}

/** A whole directory is removed only where this action makes its own. */
function isOurs(directory: string): boolean {
  const temp = process.env.RUNNER_TEMP ?? ''
  if (temp === '' || !basename(directory).startsWith(PREFIX)) return false
  return dirname(resolve(directory)) === resolve(temp)
}

function requireTemp(): string {
  const path = process.env.RUNNER_TEMP ?? ''
  if (path === '') throw new StepFailure('RUNNER_TEMP is not set')
  return resolve(path)
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
