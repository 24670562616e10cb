/** Finds why the state of a gateway cannot be written, such as a full disk. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { StateIncomplete } from '../../dev/in-house.ts'
import { type CommandFailure, unreachable, usageFailure } from '../shell/failure.ts'

/** What is wrong, and what the person can do. */
export type StateFault = { readonly message: string; readonly next: string }

type Disk = {
  /** Throws as `accessSync` does. */
  readonly checkWritable: (path: string) => void
  readonly countFreeBytes: (path: string) => number
  /** How many more files it takes. */
  readonly countFreeFiles: (path: string) => number
}

/** A gateway that starts writes more. A disk with less is the likely cause of any failure. */
const LEAST_FREE_BYTES = 1024 * 1024
/** As many for the files: a database has up to three, and each start makes about a dozen. */
const LEAST_FREE_FILES = 32

const DISK: Disk = {
  checkWritable: (path) => accessSync(path, constants.W_OK),
  countFreeBytes: (path) => {
    const { bavail, blocks, bsize } = statfsSync(path)
    // A file system of the kernel, such as /proc, has no size.
    return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize
  },
  countFreeFiles: (path) => {
    const { ffree, files } = statfsSync(path)
    // Some file systems, such as btrfs, have no fixed number of files.
    return files === 0 ? Number.POSITIVE_INFINITY : ffree
  },
}

/** Call it after a failure: some file systems do not tell how much space they have. */
export function findStateFault(stateDir: string, disk: Disk = DISK): StateFault | undefined {
  const path = nearestOf(resolve(stateDir))
  const other = 'choose another directory with --state'
  try {
    if (!statSync(path).isDirectory()) return { message: `${path} is not a directory`, next: other }
    disk.checkWritable(path)
    const isFull = disk.countFreeBytes(path) < LEAST_FREE_BYTES
    if (!isFull && disk.countFreeFiles(path) >= LEAST_FREE_FILES) return undefined
    const [what, next] = isFull
      ? ['space is left on', 'free some space']
      : ['more files fit on', 'delete files there (`df -i` shows how many there are)']
    return {
      message: `no ${what} the disk of ${path}`,
      next: `the state is kept: ${next}, then start the gateway again`,
    }
  } catch (error) {
    const fault = WRITE_FAULTS.get(String((error as NodeJS.ErrnoException).code))
    return fault === undefined ? undefined : { message: `${path} ${fault}`, next: other }
  }
}

/** The failure of a gateway that did not start, if its state is the likely cause. */
export function describeStateFault(stateDir: string): CommandFailure | undefined {
  const fault = findStateFault(stateDir)
  return fault && usageFailure(`cannot start: ${fault.message}`, fault.next)
}

/** The failure of a gateway that ended by itself. */
export function describeEnd(error: Error, stateDir: string): CommandFailure {
  if (error instanceof StateIncomplete) return unreachable(error.message, ...INCOMPLETE_HINTS)
  const fault = findStateFault(stateDir)
  if (fault !== undefined) return unreachable(`${error.message}: ${fault.message}`, fault.next)
  return unreachable(error.message, 'the state is kept: start the gateway again')
}

/** What helps against any damage of a state. */
export const RESTORE_HINT =
  'restore a backup to a new directory (npx edgemint restore --help), or choose another with --state'

/** A gateway without its revocations and replay marks would accept what it refused before. */
export const INCOMPLETE_HINTS: readonly string[] = [
  RESTORE_HINT,
  'to lose what was in it: remove stored-objects.json there, and set REPLAY_NOT_BEFORE to the present',
]

const WRITE_FAULTS: ReadonlyMap<string, string> = new Map([
  ['EROFS', 'is on a read-only file system'],
  ['EACCES', 'cannot be written by this user'],
  ['EPERM', 'cannot be written by this user'],
])

/** The path, or the nearest part of it that exists. */
function nearestOf(path: string): string {
  let nearest = path
  while (!existsSync(nearest) && nearest !== dirname(nearest)) nearest = dirname(nearest)
  return nearest
}
