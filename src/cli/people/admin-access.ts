/** The gateway and the token of a command that calls the admin API: of a file, or of a login. */
import { stat } from 'node:fs/promises'
import { type CommandFailure, usageFailure } from '../shell/failure.ts'
import { readToken } from '../shell/read-input.ts'
import type { AdminAccess } from '../trust/admin-api.ts'
import { requireAdminUrl } from './admin-url.ts'
import { findSessionToken } from './renew-session.ts'

type AdminValues = { readonly url: string | undefined; readonly 'token-file': string | undefined }

/** A file comes first, so that a script never depends on who is logged in. */
export async function readAdminAccess(values: AdminValues): Promise<AdminAccess> {
  const url = requireAdminUrl(values.url)
  const { 'token-file': file } = values
  const token = file === undefined ? await findSessionToken(url) : await readToken(file)
  if (token !== undefined) return { url, token }
  throw noAdminToken(url)
}

/** The failure of a command that has neither a session at the gateway nor a token file. */
export function noAdminToken(url: string): CommandFailure {
  return usageFailure(
    `not logged in at ${url}, and no --token-file`,
    `npx edgemint login --url ${url}`,
    'in a job: --token-file FILE, with an admin token of the gateway in the file',
  )
}

/**
 * Returns a function that reads the token again, for an answer of many parts that can take longer than
 * its token is valid: another program can renew the file meanwhile, and a login is renewed. What is
 * no regular file, such as stdin, can be read only once.
 */
export async function keepAdminAccess(values: AdminValues): Promise<() => Promise<AdminAccess>> {
  const { 'token-file': file } = values
  const isOnce = file === '-' || (file !== undefined && !(await isRegularFile(file)))
  const first = await readAdminAccess(values)
  return () => (isOnce ? Promise.resolve(first) : readAdminAccess(values))
}

async function isRegularFile(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined)
  return status?.isFile() === true
}
