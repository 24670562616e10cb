/**
 * The files for a token. They are created empty before a token is requested, are readable only by the
 * job's user, and are removed when the job ends. Their paths are saved first for the post step.
 */
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { setValue } from './runner-files.ts'
import { errorCode, StepFailure } from './step-failure.ts'

const PREFIX = 'edgemint-'

/** Creates a directory for this step. Its name is random, so no other program can create it first. */
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

/** Creates a file and keeps it open, so that the token cannot be written to another file. */
export function createPrivate(path: string, directory: string): PrivateFile {
  const isInside = path.startsWith(`${directory}${sep}`)
  try {
    if (isInside) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    // `wx` follows no link and opens no existing file. Both could show the token to other users.
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
      'the directory must exist, and the path must not',
    ])
  }
}

/** Removes the files of the step. Returns a message for each path that could not be removed. */
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

/** Whether the directory is one that this action created. No other directory is removed. */
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
