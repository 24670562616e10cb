/**
 * The signing keys in the state directory of a local gateway: one private JWK in each file. The
 * gateway reads them when it starts. `edgemint keys` adds and ends them. One process at a time changes
 * them, from its plan to its last write.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { importKeyRing, type KeyRing } from '../../core/tokens/keyring.ts'
import { isJsonObject } from '../../web/json.ts'
import { makeOwnDirectory, readOwnFile, replaceOwnFile } from '../files/safe-files.ts'
import { KEYS_LOCK_MILLISECONDS, MAX_KEY_FILE_BYTES } from '../limits.ts'
import { awaitLock, type ProcessLock } from '../locks/process-lock.ts'

/** A signing key of a state directory: the private JWK as text, and the path of its file. */
export type LocalKey = {
  readonly jwk: string
  readonly path: string
  readonly isNew: boolean
  /** The variable of the Worker that has the key. */
  readonly secret: string
}

/** Many programs verify only RS256, so a resource must be able to use it from the start. */
const FIRST_FILES = [
  ['ES256', 'signing-key.json'],
  ['RS256', 'signing-key-rs256.json'],
] as const

const KEY_FILE = /^signing-key(?:-(rs256|[0-9]{1,6}))?\.json$/
/** The end of the names of what `replaceOwnFile` leaves behind if its process is killed. */
const UNFINISHED = /\.new$/
const LOCK = 'keys.lock'

/**
 * Lets this process alone change the keys, and removes private keys that a killed process left
 * unfinished. Returns undefined if another process still has the lock after five seconds.
 */
export async function lockLocalKeys(stateDir: string): Promise<ProcessLock | undefined> {
  const lock = await awaitLock(join(stateDir, LOCK), KEYS_LOCK_MILLISECONDS)
  if (lock === undefined) return undefined
  try {
    for (const entry of readdirSync(stateDir, { withFileTypes: true })) {
      const isUnfinished = UNFINISHED.test(entry.name)
      const isKey = KEY_FILE.test(entry.name.replace(UNFINISHED, ''))
      if (isUnfinished && isKey && entry.isFile()) rmSync(join(stateDir, entry.name))
    }
  } catch (error) {
    lock.release()
    throw error
  }
  return lock
}

/** Loads the keys of a state directory. Creates those of the first start. The first is ES256. */
export async function loadLocalKeys(
  stateDir: string,
): Promise<readonly [LocalKey, ...(readonly LocalKey[])]> {
  const lock = await lockLocalKeys(stateDir)
  if (lock === undefined) throw new Error(`another process is changing the keys of ${stateDir}`)
  try {
    return await loadOrCreate(stateDir)
  } finally {
    lock.release()
  }
}

async function loadOrCreate(
  stateDir: string,
): Promise<readonly [LocalKey, ...(readonly LocalKey[])]> {
  const kept = await readLocalKeys(stateDir)
  const has = (alg: string) => kept.some(({ jwk }) => algorithmOf(jwk) === alg)
  const made = FIRST_FILES.filter(([alg]) => !has(alg)).map(([alg, file]) =>
    createLocalKey(stateDir, alg, file),
  )
  const keys = [...kept, ...(await Promise.all(made))]
  const first = keys.find(({ jwk }) => algorithmOf(jwk) === 'ES256')
  if (first === undefined) throw new Error(`${stateDir} has no ES256 key`)
  return [first, ...keys.filter((key) => key !== first)]
}

/** Reads the keys that are there. Throws an `Error` that names the file of an unusable key. */
async function readLocalKeys(stateDir: string): Promise<readonly LocalKey[]> {
  const keys = listKeyFiles(stateDir).map((name): LocalKey => {
    const path = join(stateDir, name)
    const jwk = readKeyFile(path)
    return { jwk, path, isNew: false, secret: variableOf(name) }
  })
  const { problems } = await importKeyRing(keys.map(({ path, jwk }) => ({ name: path, jwk })))
  const [problem] = problems
  if (problem === undefined) return keys
  const { name, message } = problem
  throw new Error(`${name} ${message}: restore it from a backup, or remove it to get a new key`)
}

function readKeyFile(path: string): string {
  try {
    return readOwnFile(path, MAX_KEY_FILE_BYTES) ?? ''
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
    throw new Error(`${path} cannot be read by this user: change its owner with chown`)
  }
}

/** The keys of a state directory as a ring. The name of a key's secret is the path of its file. */
export async function importLocalKeys(stateDir: string): Promise<KeyRing> {
  const keys = await readLocalKeys(stateDir)
  return (await importKeyRing(keys.map(({ path, jwk }) => ({ name: path, jwk })))).ring
}

/** Adds a private JWK as a new file, and returns its path. The caller has the lock of the keys. */
export function addLocalKey(stateDir: string, jwk: string): string {
  makeOwnDirectory(stateDir)
  const taken = listKeyFiles(stateDir)
  let number = 2
  while (taken.includes(`signing-key-${number}.json`)) number += 1
  const path = join(stateDir, `signing-key-${number}.json`)
  replaceOwnFile(path, `${jwk}\n`)
  return path
}

/** Writes the end of a key into its file. `end` is a UTC time. The caller has the lock of the keys. */
export function endLocalKey(path: string, end: string): void {
  const jwk: unknown = JSON.parse(readOwnFile(path, MAX_KEY_FILE_BYTES) ?? '')
  if (!isJsonObject(jwk)) throw new Error(`${path} is not a JSON Web Key`)
  replaceOwnFile(path, `${JSON.stringify({ ...jwk, retires_at: end })}\n`)
}

function listKeyFiles(stateDir: string): readonly string[] {
  if (!existsSync(stateDir)) return []
  return readdirSync(stateDir)
    .filter((name) => KEY_FILE.test(name))
    .sort()
}

function variableOf(name: string): string {
  const rest = KEY_FILE.exec(name)?.[1]
  return rest === undefined ? 'SIGNING_KEY_LOCAL' : `SIGNING_KEY_LOCAL_${rest.toUpperCase()}`
}

function algorithmOf(jwk: string): unknown {
  return (JSON.parse(jwk) as { readonly alg?: unknown }).alg
}

async function createLocalKey(stateDir: string, alg: string, file: string): Promise<LocalKey> {
  const path = join(stateDir, file)
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  const text = JSON.stringify({ ...jwk, kid, alg, use: 'sig' })
  replaceOwnFile(path, `${text}\n`)
  return { jwk: text, path, isNew: true, secret: variableOf(file) }
}
