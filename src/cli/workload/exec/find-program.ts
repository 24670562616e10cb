/** Looks for the program of `exec` before a token is requested for it. */
import { existsSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

/**
 * Whether a program certainly does not exist. On Windows, and without `PATH`, the system has rules of
 * its own, so only the start tells.
 */
export function isCertainlyMissing(command: string, path: string | undefined): boolean {
  if (process.platform === 'win32') return false
  if (command.includes('/')) return !existsSync(resolve(command))
  // An empty entry is the current directory, and `join` makes it so.
  return (
    path !== undefined && !path.split(delimiter).some((entry) => existsSync(join(entry, command)))
  )
}
