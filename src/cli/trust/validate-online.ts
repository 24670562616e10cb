/** Asks a gateway for the problems of a document, which stores nothing. It knows its own settings. */

import { parseObject } from '../../client/in-house.ts'
import type { DocumentProblem } from '../../contract/admin.ts'
import { PATHS } from '../../protocol/paths.ts'
import { readAdminAccess } from '../people/admin-access.ts'
import { usageFailure } from '../shell/failure.ts'
import { type AdminAccess, ask, describeProblem, notAGateway, readProblems } from './admin-api.ts'

/** Returns undefined if no gateway is named. Throws a usage failure if only a token is given. */
export async function readGateway(values: {
  readonly url: string | undefined
  readonly 'token-file': string | undefined
}): Promise<AdminAccess | undefined> {
  const { url, 'token-file': tokenFile } = values
  if (url === undefined && tokenFile === undefined) return undefined
  if (url === undefined) throw usageFailure('--token-file needs --url')
  return readAdminAccess(values)
}

export async function findProblemsOnline(
  access: AdminAccess,
  json: string,
): Promise<readonly DocumentProblem[]> {
  const request = {
    method: 'POST' as const,
    headers: { 'content-type': 'application/json' },
    body: json,
  }
  const answer = await ask(access, request, PATHS.adminValidate)
  if (answer.status !== 200) throw describeProblem(answer)
  const { valid, problems } = parseObject(answer.text) ?? {}
  const found = readProblems(problems)
  if (typeof valid !== 'boolean' || valid !== (found.length === 0)) throw notAGateway(answer.status)
  return found
}
