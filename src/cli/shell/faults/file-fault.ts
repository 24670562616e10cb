/** Says in a sentence why a file or a folder cannot be read or written. */
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type CommandFailure, usageFailure } from '../failure.ts'

const REASONS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'the system does not allow it'],
  ['EROFS', 'the file system is read-only'],
  ['EISDIR', 'it is a directory'],
  ['ENOTDIR', 'a part of its path is not a directory'],
  ['ENAMETOOLONG', 'its name is too long'],
  ['ELOOP', 'its path has a loop of symbolic links'],
  ['ENXIO', 'it is a socket'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'it would be larger than the system allows'],
  ['EIO', 'the device does not answer as it should'],
])

/** A usage failure. `name`: how the message names the file. */
export function unreadable(name: string, error: unknown): CommandFailure {
  const code = codeOf(error)
  const reason = code === 'ENOENT' ? 'no such file' : describeCode(code)
  return usageFailure(`cannot read ${name}${reason === '' ? '' : `: ${reason}`}`)
}

/** A usage failure. `existing`: what to do if the file exists already. */
export function unwritable(path: string, error: unknown, existing?: string): CommandFailure {
  const code = codeOf(error)
  if (code === 'EEXIST' && existing !== undefined) {
    return usageFailure(`cannot write ${path}: it exists already; ${existing}`)
  }
  const message = `cannot write ${path}: ${describeWriteFault(path, error) ?? (code || 'unknown')}`
  const folder = dirname(path)
  return code === 'ENOENT' && !existsSync(folder)
    ? usageFailure(message, `create the directory first: mkdir -p ${folder}`)
    : usageFailure(message)
}

/** The reason, or undefined for a code without a sentence. */
function describeWriteFault(path: string, error: unknown): string | undefined {
  const code = codeOf(error)
  if (code !== 'ENOENT') return REASONS.get(code)
  // A folder such as /proc exists, and takes no files.
  return existsSync(dirname(resolve(path)))
    ? 'its directory takes no new files'
    : 'its directory does not exist'
}

/**
 * Names the path and the reason, or returns the message of the error if it has no sentence. Errors of
 * the system quote no content.
 */
export function describeFileFault(error: Error): string {
  if (isOfCurrentFolder(error)) return NO_FOLDER
  const reason = REASONS.get(codeOf(error))
  if (reason === undefined) return error.message
  const name = OF_DESTINATION.has(codeOf(error)) && 'dest' in error ? error.dest : pathOf(error)
  return name === undefined ? reason : `cannot use ${name}: ${reason}`
}

/** What a copy fails with because of the place that it writes to. Its `path` is the source. */
const OF_DESTINATION: ReadonlySet<string> = new Set(['EROFS', 'ENOSPC', 'EDQUOT', 'EFBIG'])

function pathOf(error: Error): unknown {
  return 'path' in error ? error.path : undefined
}

const NO_FOLDER = 'the current directory does not exist any more'

/** The failure of a command whose current folder was removed, or undefined for another error. */
export function withoutFolder(error: unknown): CommandFailure | undefined {
  if (!isOfCurrentFolder(error)) return undefined
  return usageFailure(NO_FOLDER, 'change to a directory that exists: cd')
}

/** A relative path has no meaning in a folder that was removed. */
function isOfCurrentFolder(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'uv_cwd'
}

/** The sentence for a code of the system, or the code. */
export function describeCode(code: string): string {
  return REASONS.get(code) ?? code
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
