/**
 * Compares a trust file with the document in force at a gateway. `plan` and `apply` share this
 * part.
 */

import { describeEffects, diffTrust, type TrustChange } from '../../analysis/index.ts'
import { compileInForce, type TrustFile, widestCeilings } from '../../analysis/source/in-house.ts'
import type { DocumentProblem } from '../../contract/admin.ts'
import type { CompiledTrust } from '../../core/policy/compile/compiled.ts'
import { readAdminAccess } from '../people/admin-access.ts'
import type { Flag } from '../shell/command.ts'
import type { Parsed } from '../shell/flags.ts'
import { type AdminAccess, getTrust } from './admin-api.ts'
import type { adminFlags } from './admin-flags.ts'
import { checkTrustFile } from './check-trust.ts'
import { sayProblems, sayStoredProblems } from './problems.ts'

type PlanFlags = ReturnType<typeof adminFlags> & { readonly json: Flag }

export type PlanRequest = {
  readonly access: AdminAccess
  readonly path: string
  readonly isJson: boolean
}

export type Plan = {
  readonly file: TrustFile
  readonly trust: CompiledTrust
  /** The document in force; undefined if this release does not compile it as a whole. */
  readonly inForce: CompiledTrust | undefined
  /** The revision in force when the plan was made. */
  readonly revision: number
  readonly changes: readonly TrustChange[]
  /** The parts of that revision that the gateway cannot use. `makePlan` has printed them. */
  readonly problems: readonly DocumentProblem[]
}

export async function readPlanRequest({
  values,
  positionals,
}: Pick<Parsed<PlanFlags>, 'values' | 'positionals'>): Promise<PlanRequest> {
  return { access: await readAdminAccess(values), path: positionals[0] ?? '', isJson: values.json }
}

/**
 * Returns undefined if the file has problems. It prints them, and sends no request to the gateway.
 */
export async function makePlan({ access, path }: PlanRequest): Promise<Plan | undefined> {
  const checked = await checkTrustFile(path, widestCeilings(access.url.replace(/\/+$/, '')))
  if (!checked.ok) {
    sayProblems(path, checked.error.problems)
    return undefined
  }
  const { revision, document, problems } = await getTrust(access)
  if (problems.length > 0) sayStoredProblems(revision, problems)
  const { file, trust } = checked.value
  const inForce = compileInForce(document, access.url)
  const plain = diffTrust(document, JSON.parse(file.json))
  const changes = describeEffects(plain, inForce, trust)
  return { file, trust, inForce, revision, problems, changes }
}
