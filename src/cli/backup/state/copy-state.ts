/**
 * Copies the state directory of a gateway, which may be running. The databases of the Durable Objects
 * are everything that a gateway must keep. Left out are:
 *
 * - KV and the cache: copies of what the objects have. A gateway without them asks the objects. With
 *   copies of another moment, it could believe a revocation to be published that is not.
 * - the status lists: their indexes go on being given out after the backup, and an index must never
 *   be given twice. A restored gateway starts with new lists.
 * - lock and process files.
 */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import {
  keepForOwner,
  makeDirectory,
  readOwnFile,
  refuseLinksBelow,
  requireObjects,
  StateIncomplete,
} from '../../../dev/in-house.ts'
import { refusal, usageFailure } from '../../shell/failure.ts'
import { removeAtSignal } from '../../shell/program/remove-at-signal.ts'
import { copyDatabase } from './copy-database.ts'
import { agreeOnAlarms, finishDatabase, loadSqlite } from './finish-database.ts'
import { MAX_FILE_BYTES } from './limits.ts'
import { type BackupFile, MANIFEST, renderManifest } from './manifest.ts'
import { requireOutside } from './outside.ts'

const OBJECTS = join('objects', 'do')
const LEFT_OUT: readonly string[] = ['edgemint-StatusLists', 'edgemint-TrustReader']
/** After the objects: `agreeOnAlarms` removes what is only in one of both. */
const LAST = 'metadata.sqlite'
const DATABASE = /^(?:[0-9a-f]{64}|metadata)\.sqlite$/
const KEY = /^signing-key[a-z0-9-]{0,20}\.json$/
/** Which release wrote the state, and its tables. A state of an earlier release has no such file. */
const VERSION = /^state-version\.json$/

export type BackupMade = { readonly files: readonly BackupFile[]; readonly keys: number }

/** Writes to another name first. A backup that was interrupted has no manifest. */
export async function backUpState(
  stateDir: string,
  out: string,
  hasKeys: boolean,
): Promise<BackupMade> {
  const openDatabase = await loadSqlite()
  const classes = await listClasses(stateDir)
  requireWhole(stateDir)
  const createdAt = Math.floor(Date.now() / 1000)
  // Otherwise the gateway would have a directory in its state, and the next backup would be larger.
  requireOutside(out, out, stateDir, 'the state directory')
  if (await exists(out)) throw usageFailure(`cannot write ${out}: it exists already; name another`)
  // Not the id of the process: in a container, a killed backup had the same one.
  const partial = join(dirname(out), `.${basename(out)}.partial-${randomUUID()}`)
  return removeAtSignal([partial], async () => {
    let isDone = false
    try {
      makeDirectory(partial, 0o700)
      const paths: string[] = []
      for (const name of classes) {
        const folder = join(OBJECTS, name)
        makeDirectory(join(partial, folder), 0o700)
        const copied = await copyClass(join(stateDir, folder), join(partial, folder))
        for (const file of copied) {
          finishDatabase(openDatabase, join(partial, folder, file), join(stateDir, folder, file))
        }
        agreeOnAlarms(openDatabase, join(partial, folder))
        paths.push(...copied.map((file) => `objects/do/${name}/${file}`))
      }
      // After the objects: if a new release migrates them meanwhile, its version counts.
      const version = await copyFiles(stateDir, partial, VERSION)
      const keys = hasKeys ? await copyFiles(stateDir, partial, KEY) : []
      if (hasKeys && keys.length === 0) {
        throw refusal(
          `refused: ${stateDir} has no signing key; no backup was written`,
          'leave --with-keys out: the keys are in the environment of the gateway',
        )
      }
      const files: BackupFile[] = []
      for (const path of [...paths, ...version, ...keys].sort())
        files.push(await describe(partial, path))
      const manifest = renderManifest({ created_at: createdAt, has_keys: hasKeys, files })
      await writeFile(join(partial, MANIFEST), manifest, { mode: 0o600, flag: 'wx' })
      keepForOwner(join(partial, MANIFEST), 0o600)
      await flush(join(partial, MANIFEST))
      await rename(partial, out)
      await flush(dirname(out))
      isDone = true
      return { files, keys: keys.length }
    } finally {
      if (!isDone) await rm(partial, { recursive: true, force: true })
    }
  })
}

/** Otherwise a state without its revocations would become the newest backup (WRK-13). */
function requireWhole(stateDir: string): void {
  try {
    // `serve` refuses them as well. Root would copy what the user of the gateway cannot read.
    refuseLinksBelow(stateDir)
    requireObjects(stateDir)
  } catch (error) {
    throw asRefusal(error)
  }
}

/** Errors of the system stay as they are: the caller describes them. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof Error) || 'code' in error) return error
  const message = `refused: ${error.message}; no backup was written`
  return error instanceof StateIncomplete ? refusal(message, GO_ON) : refusal(message)
}

const GO_ON =
  'restore an earlier backup; to back up what is left, remove stored-objects.json there first'

async function listClasses(stateDir: string): Promise<readonly string[]> {
  const names = await readdir(join(stateDir, OBJECTS)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
  const classes = names.filter((name) => name.startsWith('edgemint-')).sort()
  if (!classes.includes('edgemint-TrustStore')) {
    throw usageFailure(
      `${stateDir} is not the state directory of a gateway`,
      'name the directory of `edgemint serve` with --state',
    )
  }
  return classes.filter((name) => !LEFT_OUT.includes(name))
}

/** An object that appears after the list was read has only changes that the backup need not have. */
async function copyClass(from: string, to: string): Promise<readonly string[]> {
  const names = (await readdir(from)).filter((name) => DATABASE.test(name))
  const inOrder = [...names.filter((name) => name !== LAST), ...names.filter((n) => n === LAST)]
  const copied: string[] = []
  for (const name of inOrder) {
    if (!(await copyDatabase(join(from, name), join(to, name)))) continue
    await chmod(join(to, name), 0o600)
    copied.push(name)
  }
  return copied
}

async function copyFiles(from: string, to: string, which: RegExp): Promise<readonly string[]> {
  const names = (await readdir(from)).filter((name) => which.test(name))
  const copied: string[] = []
  for (const name of names) {
    const text = readText(join(from, name))
    // A command of the keys may have removed it meanwhile.
    if (text === undefined) continue
    await writeFile(join(to, name), text, { mode: 0o600, flag: 'wx' })
    keepForOwner(join(to, name), 0o600)
    copied.push(name)
  }
  return copied
}

function readText(path: string): string | undefined {
  try {
    return readOwnFile(path, MAX_FILE_BYTES)
  } catch (error) {
    throw asRefusal(error)
  }
}

async function describe(folder: string, path: string): Promise<BackupFile> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(join(folder, path))) {
    hash.update(chunk as Buffer)
    bytes += (chunk as Buffer).byteLength
  }
  await flush(join(folder, path))
  return { path, bytes, sha256: hash.digest('hex') }
}

/** Waits until the disk has a file or the names in a directory. */
export async function flush(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } catch (error) {
    // Windows cannot do this with a directory.
    if (!(await file.stat()).isDirectory()) throw error
  } finally {
    await file.close()
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
