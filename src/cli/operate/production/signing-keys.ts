/**
 * The signing keys of a gateway in production, from files: those that flags name, and those of
 * systemd's credentials directory. A key that other users can read is refused. No message contains a
 * part of a key.
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { SIGNING_KEY } from '../../../contract/settings.ts'
import { usageFailure } from '../../shell/failure.ts'
import { unreadable } from '../../shell/faults/file-fault.ts'
import type { Environment } from '../../shell/io.ts'

/** The largest private JWK is under 4 KiB. */
const MAX_KEY_BYTES = 16 * 1024
const GROUP_AND_OTHERS = 0o077
const OTHERS = 0o007
/** Opening a pipe would wait for a writer. Windows does not have this flag. */
const NO_WAIT = constants.O_NONBLOCK ?? 0

/**
 * Returns the secrets by the names of their variables. `sources` are `NAME=FILE` or directories.
 * Throws a usage failure.
 */
export function readSigningKeyFiles(
  sources: readonly string[],
  environment: Environment,
): Readonly<Record<string, string>> {
  const keys = new Map<string, string>()
  function add(variable: string, path: string, forbidden: number): void {
    if (keys.has(variable) || (environment[variable] ?? '').trim() !== '') {
      throw usageFailure(`${variable} is given twice`, `one of them is ${path}`)
    }
    keys.set(variable, readKey(path, forbidden))
  }
  for (const source of sources) {
    const [, name, path] = /^([^=/]+)=(.+)$/s.exec(source) ?? []
    if (name !== undefined && path !== undefined) {
      const variable = `SIGNING_KEY_${name}`
      if (!SIGNING_KEY.test(variable)) {
        throw usageFailure(
          `--signing-key-file ${name}=…: a name has capital letters, digits and underscores`,
        )
      }
      add(variable, path, GROUP_AND_OTHERS)
    } else {
      const found = listKeys(source)
      if (found.length === 0) {
        throw usageFailure(
          `--signing-key-file ${source} has no key`,
          'name each file SIGNING_KEY_<NAME>, or give NAME=FILE',
        )
      }
      for (const variable of found) add(variable, join(source, variable), GROUP_AND_OTHERS)
    }
  }
  const credentials = environment.CREDENTIALS_DIRECTORY?.trim() ?? ''
  if (credentials !== '') {
    // systemd lets the user of the service read a file of root by an entry of its list of access,
    // which shows as rights of the group.
    for (const variable of listKeys(credentials)) add(variable, join(credentials, variable), OTHERS)
  }
  return Object.fromEntries(keys)
}

function listKeys(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => SIGNING_KEY.test(name))
  } catch (error) {
    const isFile = statSync(directory, { throwIfNoEntry: false })?.isFile() === true
    if (isFile) {
      throw usageFailure(
        `--signing-key-file ${directory} is a file without a name`,
        `give it one: 2026=${directory}`,
      )
    }
    throw unreadable(directory, error)
  }
}

/** Checks the open file, so that it cannot be exchanged after the check. */
function readKey(path: string, forbidden: number): string {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | NO_WAIT)
  } catch (error) {
    throw unreadable(path, error)
  }
  try {
    const facts = fstatSync(file)
    if (!facts.isFile()) throw usageFailure(`${path} is not a file`)
    if (process.platform !== 'win32' && (facts.mode & forbidden) !== 0) {
      throw usageFailure(`${path} is readable by other users`, `chmod 600 ${path}`)
    }
    if (facts.size > MAX_KEY_BYTES) throw usageFailure(`${path} is too large for a key`)
    const text = readFileSync(file, 'utf8').trim()
    if (text === '') {
      throw usageFailure(`${path} is empty`, `make a key: npx edgemint keys generate > ${path}`)
    }
    return text
  } finally {
    closeSync(file)
  }
}
