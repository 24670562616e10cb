/**
 * The signing keys of a deployment before they are uploaded: one file that only this user can read, in
 * a folder that Git ignores. It has the form of `wrangler deploy --secrets-file`.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject } from '../../../web/json.ts'
import { makeKey } from '../../keys/make-key.ts'
import { usageFailure } from '../../shell/failure.ts'
import type { SigningKeyFacts } from '../answers.ts'
import { OWN_GITIGNORE, SECRETS_FOLDER } from '../written/project.ts'
import { readSetupFile } from './read-file.ts'
import { type FileToWrite, SECRET_MODE, writeAll } from './write-all.ts'

export const KEYS_FILE = `${SECRETS_FOLDER}/signing-keys.json`
/** All secrets of one upload. It exists only while wrangler reads it. */
export const UPLOAD_FILE = `${SECRETS_FOLDER}/upload.json`

/** The values of secrets by name. */
export type Secrets = Readonly<Record<string, string>>

type MadeKeys = { readonly facts: readonly SigningKeyFacts[]; readonly secrets: Secrets }

/** Many programs verify only RS256, so a gateway has both from the start. */
const ALGORITHMS = ['ES256', 'RS256'] as const

/**
 * Makes the keys of a gateway, unless it has some. Returns those of a key file that no answers name,
 * as after a loss of the answers. `at`: epoch seconds.
 */
export function keysToMake(
  folder: string,
  known: readonly SigningKeyFacts[],
  { at, isForced }: { readonly at: number; readonly isForced: boolean },
): MadeKeys | undefined {
  if (known.length > 0 && !isForced) return undefined
  const present = isForced ? undefined : readKeyFile(folder)
  if (present !== undefined)
    return { secrets: present, facts: Object.entries(present).map(readFacts) }
  const month = new Date(at * 1000).toISOString().slice(0, 7).replace('-', '_')
  return makeSigningKeys(freeName(`SIGNING_KEY_${month}`, known))
}

/** A key that was uploaded under a name may still sign: another key must not replace it. */
function freeName(base: string, known: readonly SigningKeyFacts[]): string {
  const isTaken = (name: string) => known.some(({ secret }) => secret === name)
  let name = base
  for (let number = 2; isTaken(name); number += 1) name = `${base}_${number}`
  return name
}

function makeSigningKeys(base: string): MadeKeys {
  const made = ALGORITHMS.map((alg) => {
    const secret = alg === 'ES256' ? base : `${base}_RSA`
    const { kid, jwk } = makeKey(alg, {})
    return { facts: { secret, kid, alg }, jwk }
  })
  return {
    facts: made.map(({ facts }) => facts),
    secrets: Object.fromEntries(made.map(({ facts, jwk }) => [facts.secret, jwk])),
  }
}

function readFacts([secret, jwk]: readonly [string, string]): SigningKeyFacts {
  const { kid, alg } = JSON.parse(jwk) as { readonly kid?: unknown; readonly alg?: unknown }
  return { secret, kid: String(kid), alg: String(alg) }
}

export function listKeyFiles(secrets: Secrets): readonly FileToWrite[] {
  return [
    { path: '.edgemint/.gitignore', text: OWN_GITIGNORE },
    { path: KEYS_FILE, text: `${JSON.stringify(secrets)}\n`, mode: SECRET_MODE },
  ]
}

/** Returns the keys that are not uploaded yet, or undefined. Throws a usage failure. */
export function readKeyFile(folder: string): Secrets | undefined {
  const text = readSetupFile(folder, KEYS_FILE)
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (isJsonObject(value) && Object.values(value).every(isJwkText)) {
      return value as Secrets
    }
  } catch {
    // The message must not have the text, which may be a key.
  }
  throw usageFailure(
    `${KEYS_FILE} is not a file of signing keys`,
    'remove it, and make new keys with npx edgemint init --new-keys',
  )
}

/** Throws a `SyntaxError` for a text that is not JSON. */
function isJwkText(text: unknown): boolean {
  if (typeof text !== 'string') return false
  const jwk: unknown = JSON.parse(text)
  return isJsonObject(jwk) && ['kid', 'alg', 'd'].every((name) => typeof jwk[name] === 'string')
}

export function removeKeyFile(folder: string): void {
  rmSync(join(folder, KEYS_FILE), { force: true })
}

/** Writes the file of one upload, runs the upload, and removes the file whatever happens. */
export async function withUploadFile<T>(
  folder: string,
  secrets: Secrets,
  upload: () => Promise<T>,
): Promise<T> {
  const path = join(folder, UPLOAD_FILE)
  // A run that was killed can have left one.
  rmSync(path, { force: true })
  writeAll(folder, [
    { path: '.edgemint/.gitignore', text: OWN_GITIGNORE },
    { path: UPLOAD_FILE, text: `${JSON.stringify(secrets)}\n`, mode: SECRET_MODE },
  ])
  try {
    return await upload()
  } finally {
    rmSync(path, { force: true })
  }
}
