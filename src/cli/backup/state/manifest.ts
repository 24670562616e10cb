/** The manifest of a backup of a state directory: its files with their digests, and its version. */
import { createHash } from 'node:crypto'
import { constants, lstatSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { RELEASE } from '../../../protocol/release.ts'
import { type CommandFailure, refusal, usageFailure } from '../../shell/failure.ts'
import { unreadable } from '../../shell/faults/file-fault.ts'
import { isNewerRelease } from '../newer-release.ts'
import { MAX_MANIFEST_BYTES } from './limits.ts'

export const MANIFEST = 'manifest.json'
/** Raise it if a release could not read, or would misunderstand, a backup of the next one. */
const BACKUP_VERSION = 1

const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const count = z.int().check(z.minimum(0))
/** ECMA-262 §21.4.1.1: no later time can be written. */
const time = z.int().check(z.minimum(0), z.maximum(8_640_000_000_000))
const object = '[A-Za-z0-9_-]{1,100}'
/**
 * Databases of objects, signing keys, and the version of the state. No path can leave the directory
 * (ADM-15).
 */
const path = z
  .string()
  .check(
    z.regex(
      new RegExp(
        `^(?:objects/do/${object}/(?:[0-9a-f]{64}|metadata)\\.sqlite|(?:signing-key[a-z0-9-]{0,20}|state-version)\\.json)$`,
      ),
    ),
  )

const contents = {
  edgemint_backup: z.int().check(z.minimum(1)),
  release: z.string(),
  /** Epoch seconds at which the backup began: it has every change that was acknowledged before. */
  created_at: time,
  has_keys: z.boolean(),
  files: z
    .array(z.strictObject({ path, bytes: count, sha256: digest }))
    .check(z.refine((files) => new Set(files.map((file) => file.path)).size === files.length)),
}
const manifestSchema = z.strictObject({ ...contents, sha256: digest })
export type Manifest = z.infer<typeof manifestSchema>
export type BackupFile = Manifest['files'][number]

export function renderManifest(
  manifest: Pick<Manifest, 'created_at' | 'has_keys' | 'files'>,
): string {
  const body = { edgemint_backup: BACKUP_VERSION, release: RELEASE, ...manifest }
  return render({ ...body, sha256: digestOf(body) })
}

function render(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}

function digestOf(body: object): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex')
}

/** Throws a refusal if the backup is incomplete, damaged, or from a newer release. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readText(folder)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw damaged(folder, MANIFEST)
  }
  const { edgemint_backup: version, release } = (value ?? {}) as Partial<Manifest>
  const isNewer = typeof version === 'number' && version > BACKUP_VERSION
  const parsed = manifestSchema.safeParse(value)
  if (!parsed.success && !isNewer) throw damaged(folder, MANIFEST)
  if (isNewer || isNewerRelease(String(release))) {
    throw refusal(
      `refused: ${folder} is from release ${release}, and this is ${RELEASE}; nothing was changed`,
      'use the release that made it, or a later one',
    )
  }
  if (!parsed.success) throw damaged(folder, MANIFEST)
  const { sha256, ...body } = parsed.data
  // Only the one spelling that is written is read, so that no byte can change.
  if (render(parsed.data) !== text || digestOf(body) !== sha256) throw damaged(folder, MANIFEST)
  return parsed.data
}

async function readText(folder: string): Promise<string> {
  const opened = await open(join(folder, MANIFEST), READ).catch((error: NodeJS.ErrnoException) => {
    throw describeManifestFault(folder, error)
  })
  try {
    const facts = await opened.stat()
    if (!facts.isFile() || facts.size > MAX_MANIFEST_BYTES) throw damaged(folder, MANIFEST)
    return await opened.readFile('utf8')
  } finally {
    await opened.close()
  }
}

function describeManifestFault(folder: string, error: NodeJS.ErrnoException): CommandFailure {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    const why = `it has no ${MANIFEST}, so it is no complete backup`
    return usageFailure(`cannot read ${folder}: ${why}`)
  }
  const path = join(folder, MANIFEST)
  // The system has one code for a loop of links and for a link that is not followed.
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
  return isLink ? usageFailure(`${path} is a symbolic link`) : unreadable(path, error)
}

/** Never through a symbolic link, and without waiting for the writer of a named pipe. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

function damaged(folder: string, path: string): CommandFailure {
  return refusal(
    `refused: ${folder} is damaged in ${path}; nothing was changed`,
    'use another backup',
  )
}

/**
 * Reads a file of a backup and checks its length and digest. With `write`, its bytes are passed on as
 * they are read, so the caller must not use them if this throws.
 */
export async function checkFile(
  folder: string,
  { path, bytes, sha256 }: BackupFile,
  write: (chunk: Buffer) => Promise<void> = async () => {},
): Promise<void> {
  const file = await open(join(folder, path), READ).catch(() => {
    throw damaged(folder, path)
  })
  try {
    if (!(await file.stat()).isFile()) throw damaged(folder, path)
    const hash = createHash('sha256')
    let length = 0
    for await (const chunk of file.createReadStream({ autoClose: false })) {
      const read = chunk as Buffer
      hash.update(read)
      length += read.byteLength
      if (length > bytes) break
      await write(read)
    }
    if (length !== bytes || hash.digest('hex') !== sha256) throw damaged(folder, path)
  } finally {
    await file.close()
  }
}
