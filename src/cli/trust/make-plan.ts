/** What a trust file would change at a gateway: the part that `plan` and `apply` share. */

import { diffTrust, type TrustChange } from '../../analysis/index.ts'
import type { DocumentProblem } from '../../contract/admin.ts'
import type { CompiledTrust } from '../../core/policy/compile/compiled.ts'
import { parseFlags, requireFlag } from '../shell/flags.ts'
import { readToken } from '../shell/read-input.ts'
import { requireGatewayUrl } from '../workload/gateway-url.ts'
import { type AdminAccess, getTrust } from './admin-api.ts'
import { checkTrustFile, widestCeilings } from './check-trust.ts'
import { sayProblems, sayStoredProblems } from './problems.ts'
import type { TrustFile } from './trust-file.ts'

export type PlanRequest = {
  readonly access: AdminAccess
  readonly path: string
  readonly isJson: boolean
}

export type Plan = {
  readonly file: TrustFile
  readonly trust: CompiledTrust
  /** The revision it was made against. */
  readonly revision: number
  readonly changes: readonly TrustChange[]
  /** What the gateway cannot use of that revision; it has been said. */
  readonly problems: readonly DocumentProblem[]
}

/** The token comes from a file: an argument would stand in the list of processes. */
export async function parsePlanRequest(
  args: readonly string[],
  extra: Readonly<Record<string, { readonly type: 'boolean' }>> = {},
): Promise<PlanRequest> {
  const { values, positionals } = parseFlags(
    args,
    {
      ...extra,
      url: { type: 'string' },
      'token-file': { type: 'string' },
      json: { type: 'boolean' },
    },
    { least: 1, most: 1, what: 'a trust file' },
  )
  const url = requireGatewayUrl(values.url)
  const token = await readToken(requireFlag('token-file', values['token-file']))
  return { access: { url, token }, path: positionals[0] ?? '', isJson: values.json === true }
}

/** Undefined when the file is refused before anybody is asked; its problems have been said. */
export async function makePlan({ access, path }: PlanRequest): Promise<Plan | undefined> {
  const checked = await checkTrustFile(path, widestCeilings(access.url.replace(/\/+$/, '')))
  if (!checked.ok) {
    sayProblems(path, checked.error.problems)
    return undefined
  }
  const { revision, document, problems } = await getTrust(access)
  if (problems.length > 0) sayStoredProblems(revision, problems)
  const { file, trust } = checked.value
  return { file, trust, revision, problems, changes: diffTrust(document, JSON.parse(file.json)) }
}
