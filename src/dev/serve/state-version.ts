/**
 * The version of a state directory: which release wrote it last, which tables it has, and where its
 * replay marks are. A state of a newer release is refused before anything is changed. An older one is
 * migrated by its Durable Objects when they start.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { RELEASE } from '../../protocol/release.ts'
import { isJsonObject } from '../../web/json.ts'
import { readOwnFile, replaceOwnFile } from '../files/safe-files.ts'
import { MAX_VERSION_FILE_BYTES } from '../limits.ts'
import { RETIRED_TABLES, STORED_TABLES } from './stored-tables.ts'

/** Thrown for a state that a newer release wrote. */
export class StateTooNew extends Error {}

export type StateVersion = {
  /** `older`: starting migrates the state, and an earlier release cannot use it any more. */
  readonly kind: 'empty' | 'same' | 'older'
  /** The release that wrote it. Undefined before releases recorded it. */
  readonly release: string | undefined
  /**
   * Whether one shard has all replay marks and budgets. A state keeps what it began with: in another
   * shard, a used token would not be known.
   */
  readonly hasSingleLedger: boolean
}

type VersionFile = {
  readonly release: string
  readonly tables: Readonly<Record<string, number>>
  /** Absent in states that began with 0.2.0: their ledger has many shards. */
  readonly singleLedger?: true
}

export const VERSION_FILE = 'state-version.json'

/** Reads only. Throws `StateTooNew`, or an `Error` if the file is damaged. */
export function checkStateVersion(stateDir: string): StateVersion {
  const path = join(stateDir, VERSION_FILE)
  const text = readOwnFile(path, MAX_VERSION_FILE_BYTES)
  if (text === undefined) {
    const isEmpty = !hasObjects(stateDir)
    return { kind: isEmpty ? 'empty' : 'older', release: undefined, hasSingleLedger: isEmpty }
  }
  const version = parseVersion(text)
  if (version === undefined) throw new Error(`${path} is damaged: restore it from a backup`)
  const { release, tables } = version
  const known: Readonly<Record<string, number>> = STORED_TABLES
  const isNewer = ([name, number]: readonly [string, number]) =>
    Object.hasOwn(known, name) ? number > (known[name] ?? 0) : !RETIRED_TABLES.includes(name)
  if (Object.entries(tables).some(isNewer)) {
    throw new StateTooNew(
      `${stateDir} was written by edgemint ${release}, and this is ${RELEASE}, which cannot read it: install ${release} again, or restore a backup that ${RELEASE} made`,
    )
  }
  const isSame = Object.entries(known).every(([name, number]) => tables[name] === number)
  const hasSingleLedger = version.singleLedger === true
  return { kind: isSame ? 'same' : 'older', release, hasSingleLedger }
}

/** Records this release, before its Durable Objects write. */
export function writeStateVersion(
  stateDir: string,
  { hasSingleLedger }: Pick<StateVersion, 'hasSingleLedger'>,
): void {
  const version: VersionFile = {
    release: RELEASE,
    tables: STORED_TABLES,
    ...(hasSingleLedger ? { singleLedger: true } : {}),
  }
  const path = join(stateDir, VERSION_FILE)
  const text = `${JSON.stringify(version)}\n`
  // A gateway must be able to start again on a full disk.
  if (readOwnFile(path, MAX_VERSION_FILE_BYTES) !== text) replaceOwnFile(path, text)
}

function hasObjects(stateDir: string): boolean {
  try {
    return readdirSync(join(stateDir, 'objects')).length > 0
  } catch {
    return false
  }
}

function parseVersion(text: string): VersionFile | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isJsonObject(value) || typeof value.release !== 'string') return undefined
  // A release is shown to a person.
  if (!/^[0-9A-Za-z.+-]{1,64}$/.test(value.release) || !isJsonObject(value.tables)) return undefined
  const entries = Object.entries(value.tables)
  const tables = entries.filter((entry): entry is [string, number] => Number.isInteger(entry[1]))
  const { release, singleLedger } = value
  if (tables.length !== entries.length) return undefined
  if (singleLedger !== undefined && singleLedger !== true) return undefined
  return { release, tables: Object.fromEntries(tables), ...(singleLedger && { singleLedger }) }
}
