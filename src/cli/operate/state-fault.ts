/** Finds why the state of a gateway cannot be written, such as a full disk. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type CommandFailure, unreachable, usageFailure } from '../shell/failure.ts'

/** What is wrong, and what the person can do. */
export type StateFault = { readonly message: string; readonly next: string }

type Disk = {
  /** Throws as `accessSync` does. */
  readonly checkWritable: (path: string) => void
  readonly countFreeBytes: (path: string) => number
}

/** A gateway that starts writes more. A disk with less is the likely cause of any failure. */
const LEAST_FREE_BYTES = 1024 * 1024

const DISK: Disk = {
  checkWritable: (path) => accessSync(path, constants.W_OK),
  countFreeBytes: (path) => {
    const { bavail, blocks, bsize } = statfsSync(path)
    // A file system of the kernel, such as /proc, has no size.
    return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize
  },
}

/** Call it after a failure: some file systems do not tell how much space they have. */
export function findStateFault(stateDir: string, disk: Disk = DISK): StateFault | undefined {
  const path = nearestOf(resolve(stateDir))
  const other = 'choose another directory with --state'
  try {
    if (!statSync(path).isDirectory()) return { message: `${path} is not a directory`, next: other }
    disk.checkWritable(path)
    if (disk.countFreeBytes(path) >= LEAST_FREE_BYTES) return undefined
  } catch (error) {
    const fault = WRITE_FAULTS.get(String((error as NodeJS.ErrnoException).code))
    return fault === undefined ? undefined : { message: `${path} ${fault}`, next: other }
  }
  const message = `no space is left on the disk of ${path}`
  return { message, next: 'the state is kept: free some space, then start the gateway again' }
}

/** The failure of a gateway that did not start, if its state is the likely cause. */
export function describeStateFault(stateDir: string): CommandFailure | undefined {
  const fault = findStateFault(stateDir)
  return fault && usageFailure(`cannot start: ${fault.message}`, fault.next)
}

/** The failure of a gateway that ended by itself. */
export function describeEnd(error: Error, stateDir: string): CommandFailure {
  const fault = findStateFault(stateDir)
  if (fault !== undefined) return unreachable(`${error.message}: ${fault.message}`, fault.next)
  return unreachable(error.message, 'the state is kept: start the gateway again')
}

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
