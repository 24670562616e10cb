/**
 * The list of databases that a state directory has had. Without it, a gateway whose databases were
 * deleted would start as a new one: without revocations and replay marks (WRK-13).
 */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject } from '../../web/json.ts'
import { isOwnFile, readOwnFile, replaceOwnFile, requireDirectories } from '../files/safe-files.ts'
import { MAX_OBJECTS_FILE_BYTES, OBJECTS_CHECK_MILLISECONDS } from '../limits.ts'
import { VERSION_FILE } from './state-version.ts'
import { hasLostChanges, isEmptied, markOf } from './stored-changes.ts'

/** Thrown for a state directory that has lost a database, or the file with its version. */
export class StateIncomplete extends Error {}

export const OBJECTS_FILE = 'stored-objects.json'

/**
 * The objects that cannot be made again. Status lists and readers can: a restored gateway starts
 * without them too.
 */
const CLASSES = ['TrustStore', 'RevocationLog', 'ReplayLedger', 'DecisionLog']
const LISTED = new RegExp(`^(?:${CLASSES.join('|')})/[0-9a-f]{64}\\.sqlite$`)

/**
 * Throws `StateIncomplete` at a database that is missing or has lost its changes, or an `Error` if the
 * list is damaged or something else has the place of a file.
 */
export function requireObjects(stateDir: string): void {
  const version = join(stateDir, VERSION_FILE)
  // It tells which shard has the replay marks. The list is written after it.
  if (isOwnFile(join(stateDir, OBJECTS_FILE)) && !isOwnFile(version)) {
    throw new StateIncomplete(`${version} was deleted`)
  }
  requireDirectories(join(stateDir, 'objects', 'do'), 1)
  for (const name of CLASSES) {
    const folder = folderOf(stateDir, name)
    for (const file of listFolder(folder)) isOwnFile(join(folder, file))
  }
  const list = readList(stateDir)
  // A list that could not be kept, or was removed, may lack one that was lost.
  const listed = [...new Set([...list.objects, ...list.lost])]
  const missing = listed.filter((name) => isLost(stateDir, name, list))
  if (missing.length > 0) throw new StateIncomplete(describeMissing(stateDir, missing, list))
}

function isLost(stateDir: string, name: string, { lost, pending }: ObjectList): boolean {
  return lost.includes(name) || hasLostChanges(pathOf(stateDir, name), pending[name])
}

/** What an operator learns while the list cannot be kept. Public: `/ready` has it too. */
export const LIST_UNKEPT =
  'stored-objects.json of the state cannot be kept up to date: after a stop, a lost database may not be noticed'

export type ObjectWatch = {
  /** Whether the last check could keep the list. */
  readonly isKept: () => boolean
  /** Checks for the last time. */
  readonly close: () => void
}

export type WatchEvents = {
  /** Called once when a database was deleted or replaced. */
  readonly onMissing: (error: Error) => void
  /** Called with the cause when the list cannot be read or written, once until it can be again. */
  readonly onUnkept: (cause: Error) => void
}

/**
 * Adds new databases to the list, now and every ten seconds. Reports a database that was deleted or
 * replaced: workerd makes an empty one when it opens the object again.
 */
export function watchObjects(stateDir: string, { onMissing, onUnkept }: WatchEvents): ObjectWatch {
  // While a file is open, its number on the disk cannot be given to another one.
  const files = new Map<string, number>()
  let isKept = true
  let known: ObjectList = { objects: [], lost: [], pending: {} }
  /** Databases are still compared when another program has damaged the list. */
  const recall = () => {
    try {
      known = readList(stateDir)
    } catch {
      // Writing the list fails too, and reports it.
    }
    return known
  }
  const check = () => {
    const list = recall()
    const isSame = (name: string, file: number) => {
      const stats = statSync(pathOf(stateDir, name), { bigint: true, throwIfNoEntry: false })
      return stats?.ino === fstatSync(file, { bigint: true }).ino
    }
    const missing = [...files].flatMap(([name, file]) =>
      isSame(name, file) && !isLost(stateDir, name, list) ? [] : [name],
    )
    if (missing.length > 0) {
      close()
      try {
        // By the next start there may be an empty database with the name.
        writeList(stateDir, { objects: [], lost: missing, pending: list.pending })
      } finally {
        onMissing(new StateIncomplete(describeMissing(stateDir, missing, list)))
      }
      return
    }
    const found = findObjects(stateDir)
    for (const name of found) {
      if (!files.has(name)) files.set(name, openSync(pathOf(stateDir, name), 'r'))
    }
    const marks = found.map(
      (name) => [name, markOf(pathOf(stateDir, name), list.pending[name])] as const,
    )
    const pending = Object.fromEntries(
      marks.filter((entry): entry is [string, string] => entry[1] !== undefined),
    )
    writeList(stateDir, { objects: found, lost: [], pending })
  }
  const tryCheck = () => {
    try {
      check()
      isKept = true
    } catch (error) {
      // Without descriptors or with a full disk. The next check tries again.
      if (isKept) onUnkept(error instanceof Error ? error : new Error(String(error)))
      isKept = false
    }
  }
  const timer = setInterval(tryCheck, OBJECTS_CHECK_MILLISECONDS)
  timer.unref()
  const close = () => {
    clearInterval(timer)
    for (const file of files.values()) closeSync(file)
    files.clear()
  }
  tryCheck()
  return {
    isKept: () => isKept,
    close() {
      tryCheck()
      close()
    },
  }
}

/** The names of the databases with something in them, such as `TrustStore/….sqlite`. */
function findObjects(stateDir: string): readonly string[] {
  const names = CLASSES.flatMap((name) =>
    listFolder(folderOf(stateDir, name)).map((file) => `${name}/${file}`),
  )
  // One that workerd is making at this moment would be missed at the next start.
  return names.filter((name) => LISTED.test(name) && !isEmptied(pathOf(stateDir, name)))
}

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

/** A name is never taken from `objects` and `lost`. */
type ObjectList = {
  readonly objects: readonly string[]
  /** Those that a running gateway missed. */
  readonly lost: readonly string[]
  /** The marks of those whose log had changes at the last look. */
  readonly pending: Readonly<Record<string, string>>
}

/** Adds to both lists of names, and replaces the marks. */
function writeList(stateDir: string, more: ObjectList): void {
  const listed = readList(stateDir)
  const objects = [...new Set([...listed.objects, ...more.objects])].sort()
  const lost = [...new Set([...listed.lost, ...more.lost])].sort()
  const text = renderList({ objects, lost, pending: more.pending })
  if (text !== renderList(listed)) replaceOwnFile(join(stateDir, OBJECTS_FILE), text)
}

function renderList({ objects, lost, pending }: ObjectList): string {
  const list = {
    objects,
    ...(lost.length > 0 && { lost }),
    ...(Object.keys(pending).length > 0 && { pending }),
  }
  return `${JSON.stringify(list)}\n`
}

function readList(stateDir: string): ObjectList {
  const path = join(stateDir, OBJECTS_FILE)
  const text = readOwnFile(path, MAX_OBJECTS_FILE_BYTES)
  if (text === undefined) return { objects: [], lost: [], pending: {} }
  const list = parseList(text)
  if (list === undefined) throw new Error(`${path} is damaged: restore a backup, or remove it`)
  return list
}

function parseList(text: string): ObjectList | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isJsonObject(value)) return undefined
  const { objects, lost = [], pending = {} } = value
  if (!isListOfNames(objects) || !isListOfNames(lost) || !isJsonObject(pending)) return undefined
  const marks = Object.entries(pending).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return { objects, lost, pending: Object.fromEntries(marks) }
}

/** The names are shown to a person. */
function isListOfNames(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.every((name) => typeof name === 'string' && LISTED.test(name))
  )
}

function describeMissing(
  stateDir: string,
  [first = '', ...more]: readonly string[],
  { pending }: ObjectList,
): string {
  const path = pathOf(stateDir, first)
  const others = more.length === 0 ? '' : ` (and ${more.length} more of its databases)`
  const isThere = existsSync(path) && hasLostChanges(path, pending[first])
  return `${path}${others} was ${isThere ? 'emptied, or its -wal file was deleted' : 'deleted or replaced'}`
}

function pathOf(stateDir: string, name: string): string {
  const [folder = '', file = ''] = name.split('/')
  return join(folderOf(stateDir, folder), file)
}

function folderOf(stateDir: string, name: string): string {
  return join(stateDir, 'objects', 'do', `edgemint-${name}`)
}
