/**
 * The files that hold a token: made anew and empty before a token is asked for, readable by the
 * job's user alone, and gone when the job ends. What is to be removed is written down first.
 */
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { setValue } from './runner-files.ts'
import { errorCode, StepFailure } from './step-failure.ts'

const PREFIX = 'edgemint-'

/** A directory of this step alone. Its name is random and new, so nobody can have prepared it. */
export function createDirectory(): string {
  const temp = requireTemp()
  try {
    const directory = mkdtempSync(join(temp, PREFIX))
    setValue('GITHUB_STATE', 'directory', directory)
    return directory
  } catch (error) {
    if (error instanceof StepFailure) throw error
    throw new StepFailure(`cannot create a directory in RUNNER_TEMP (${errorCode(error)})`)
  }
}

export type PrivateFile = { readonly path: string; readonly write: (content: string) => void }

/** Made and held open, so that what is written later goes to this file and to no other. */
export function createPrivate(path: string, directory: string): PrivateFile {
  const isInside = path.startsWith(`${directory}${sep}`)
  try {
    if (isInside) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    // `wx` neither follows a link nor takes over a file: either would show the token to others.
    const file = openSync(path, 'wx', 0o600)
    if (!isInside) setValue('GITHUB_STATE', 'path', path)
    return {
      path,
      write(content) {
        writeFileSync(file, content)
        closeSync(file)
      },
    }
  } catch (error) {
    if (error instanceof StepFailure) throw error
    throw new StepFailure(`cannot create ${path} (${errorCode(error)})`, [
      'the directory must be there, and nothing at that path',
    ])
  }
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
