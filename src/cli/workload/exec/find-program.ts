/** Looks for the program of `exec` before a token is requested for it. */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

/**
 * `ENOENT`: there is no such program. `EACCES`: it is not executable, or is a directory. `unknown`:
 * only the start tells.
 */
export type ProgramState = 'found' | 'ENOENT' | 'EACCES' | 'unknown'

/** On Windows, and without `PATH`, the system has rules of its own, so the state is unknown. */
export function findProgram(command: string, path: string | undefined): ProgramState {
  if (process.platform === 'win32') return 'unknown'
  if (command.includes('/')) return stateOf(resolve(command))
  if (path === undefined) return 'unknown'
  // An empty entry is the current directory, and `join` makes it so.
  const states = path.split(delimiter).map((entry) => stateOf(join(entry, command)))
  // The system continues its search after a file that is not executable (execvp(3)).
  if (states.includes('found')) return 'found'
  return states.includes('EACCES') ? 'EACCES' : 'ENOENT'
}

function stateOf(file: string): ProgramState {
  try {
    if (!statSync(file).isFile()) return 'EACCES'
    accessSync(file, constants.X_OK)
    return 'found'
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES'
      ? 'EACCES'
      : 'ENOENT'
  }
}
