/**
 * Reads and writes the files and directories of a local gateway, never through a symbolic link. A
 * cloned repository may contain a state directory with links in it.
 */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** Windows does not have this flag. Creating a link there requires a privilege. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0
const READ_WRITE = constants.R_OK | constants.W_OK

/** Creates the directory with its parents, for this user only. Throws at a symbolic link. */
export function makeOwnDirectory(path: string): void {
  for (const step of stepsTo(path)) refuseLink(step)
  makeDirectory(path, 0o700)
  if (!lstatSync(path).isDirectory()) throw new Error(`${path} is not a directory`)
}

/**
 * Creates a directory with its parents, and returns the first that it created. `mkdir` of Node with
 * `recursive` never returns on /proc: there, creating a directory fails with ENOENT.
 */
export function makeDirectory(path: string, mode = 0o777): string | undefined {
  const missing: string[] = []
  for (let step = resolve(path); !existsSync(step); step = dirname(step)) {
    missing.unshift(step)
    // On Windows, the root of a drive can be missing too.
    if (step === dirname(step)) break
  }
  for (const step of missing) {
    try {
      mkdirSync(step, { mode })
      keepForOwner(step, 0o700)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // Another process may have created it meanwhile.
      if (code === 'EEXIST' && stat(step)?.isDirectory() === true) continue
      if (code !== 'ENOENT') throw error
      const message = `cannot create ${step}: its file system has no new directories`
      throw Object.assign(new Error(message), { code: 'ENOTSUP', syscall: 'mkdir' })
    }
  }
  return missing[0]
}

/**
 * Gives the owner of a new file or directory these rights, which the umask can take. Changes no rights
 * of others, and nothing where all are there: some file systems have no modes.
 */
export function keepForOwner(path: string, rights: 0o600 | 0o700): void {
  const mode = lstatSync(path).mode & 0o7777
  if ((mode & rights) !== rights) chmodSync(path, mode | rights)
}

/**
 * Gives a new file that root makes in a state directory to the owner of the directory. Otherwise the
 * gateway, which runs as that user, would not start after a command of root.
 */
function giveToGateway(file: number, path: string): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(dirname(path))
  try {
    // By its descriptor: the owner of the directory may have put another file in its place.
    fchownSync(file, uid, gid)
  } catch {
    // Root of a container may not do it. `serve` then names the file and `chown`.
  }
}

/** Makes an empty file. Another process may have made it meanwhile. */
export function makeOwnFile(path: string): void {
  let file: number
  try {
    file = openSync(path, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return
    throw error
  }
  try {
    keepForOwner(path, 0o600)
    giveToGateway(file, path)
  } finally {
    closeSync(file)
  }
}

/** Lists the paths to check: each step below the working directory, otherwise only the last. */
function stepsTo(path: string): readonly string[] {
  const below = relative(process.cwd(), path)
  const isAbove = below === '..' || below.startsWith(`..${sep}`)
  if (below === '' || isAbove || resolve(below) !== path) return [path]
  const names = below.split(sep)
  return names.map((_, at) => resolve(...names.slice(0, at + 1)))
}

/** Throws if there is a symbolic link anywhere below the directory. */
export function refuseLinksBelow(path: string): void {
  const link = stat(path)?.isDirectory()
    ? readdirSync(path, { recursive: true, withFileTypes: true }).find((entry) =>
        entry.isSymbolicLink(),
      )
    : undefined
  if (link !== undefined) throw new LinkRefused(join(link.parentPath, link.name))
}

/**
 * Throws at the first file or directory, from `path` down, that this user cannot read and write.
 * SQLite reports such a database as one that it cannot open, as it does for a damaged one.
 */
export function requireAccess(path: string, checkAccess = accessSync): void {
  const found = stat(path)
  if (found === undefined || found.isSymbolicLink()) return
  const isDirectory = found.isDirectory()
  try {
    checkAccess(path, READ_WRITE | (isDirectory ? constants.X_OK : 0))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // A gateway that is still running may have removed the file.
    if (code === 'ENOENT') return
    // Another owner would not help.
    if (code === 'EROFS') throw error
    const message = `${path} cannot be read and written by this user: change its owner with chown`
    throw new Error(message, { cause: error })
  }
  if (isDirectory)
    for (const name of readdirSync(path)) requireAccess(join(path, name), checkAccess)
}

/**
 * Writes a file that must not be lost. On a full disk, or when the process is killed, the file that was
 * there stays as it was. Throws at a symbolic link.
 */
export function replaceOwnFile(path: string, text: string): void {
  refuseLink(path)
  const next = `${path}.new`
  removeOld(next)
  try {
    const file = openSync(next, 'wx', 0o600)
    try {
      keepForOwner(next, 0o600)
      giveToGateway(file, path)
      writeFileSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(next, path)
  } catch (error) {
    rmSync(next, { force: true })
    throw error
  }
}

/**
 * Writes a file that each start makes anew, and removes an old one. Throws at a symbolic link.
 */
export function writeOwnFile(path: string, text: string, mode = 0o600): void {
  refuseLink(path)
  removeOld(path)
  writeFileSync(path, text, { mode, flag: 'wx' })
  keepForOwner(path, 0o600)
}

/** Removes what has the place of a new file, and throws at a directory, which has no place there. */
function removeOld(path: string): void {
  if (stat(path)?.isDirectory() === true) {
    const fault = { code: 'ENOTSUP', syscall: 'rm', path }
    throw Object.assign(new Error(`${path} is a directory: move it away`), fault)
  }
  rmSync(path, { force: true })
}

/** Returns the text of a regular file, or undefined if there is none. */
export function readOwnFile(path: string, maxBytes: number): string | undefined {
  if (!isOwnFile(path)) return undefined
  const file = openToRead(path)
  try {
    if (fstatSync(file).size > maxBytes) throw new Error(`${path} is too large`)
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

/** A file that root wrote has another owner than the rest. */
function openToRead(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | NO_FOLLOW)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
    const message = `${path} cannot be read by this user: change its owner with chown`
    throw new Error(message, { cause: error })
  }
}

/**
 * Throws at the first path that is there and no directory: `path`, and as many levels below it. Names
 * with a dot do not count, because other programs leave such files.
 */
export function requireDirectories(path: string, levels: number): void {
  const found = stat(path)
  if (found === undefined) return
  if (!found.isDirectory()) throw new Error(`${path} is not a directory: move it away`)
  if (levels === 0) return
  for (const name of readdirSync(path).filter((name) => !name.includes('.'))) {
    requireDirectories(join(path, name), levels - 1)
  }
}

/**
 * Whether there is a regular file. Throws at a symbolic link, and at anything else: a reader of a named
 * pipe would wait for ever.
 */
export function isOwnFile(path: string): boolean {
  refuseLink(path)
  const found = stat(path)
  if (found?.isFile() === false) throw new Error(`${path} is not a file`)
  return found !== undefined
}

export function refuseLink(path: string): void {
  if (stat(path)?.isSymbolicLink() === true) throw new LinkRefused(path)
}

class LinkRefused extends Error {
  constructor(path: string) {
    super(`${path} is a symbolic link: remove it, or choose another directory`)
  }
}

function stat(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}
