/** Asks a gateway for the problems of a document, which stores nothing. It knows its own settings. */
import { parseObject } from '../../client/in-house.ts'
import type { DocumentProblem } from '../../contract/admin.ts'
import { PATHS } from '../../protocol/paths.ts'
import { usageFailure } from '../shell/failure.ts'
import { readToken } from '../shell/read-input.ts'
import { requireGatewayUrl } from '../workload/gateway-url.ts'
import { type AdminAccess, ask, describeProblem, notAGateway, readProblems } from './admin-api.ts'

/** Returns undefined if no gateway is named. Throws a usage failure if only one flag is given. */
export async function readGateway(values: {
  readonly url: string | undefined
  readonly 'token-file': string | undefined
}): Promise<AdminAccess | undefined> {
  const { url, 'token-file': tokenFile } = values
  if (url === undefined && tokenFile === undefined) return undefined
  if (url === undefined || tokenFile === undefined) {
    throw usageFailure('--url and --token-file belong together')
  }
  return { url: requireGatewayUrl(url), token: await readToken(tokenFile) }
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
