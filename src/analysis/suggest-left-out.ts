/** Says in one sentence why a suggested rule has no condition on a claim. */

import { samePath } from '../core/policy/language/claim-path.ts'
import type { ProviderProfile } from '../core/providers/profile.ts'
import type { JsonObject } from '../web/json.ts'
import { safeValuesOf } from './safe-values.ts'

type Path = readonly string[]

const CHECKED_ALWAYS: ReadonlySet<string> = new Set(['iss', 'aud', 'exp', 'iat', 'nbf', 'jti'])

/** Members below this depth are not listed one by one. */
const MAX_LISTED_DEPTH = 6

/** The paths of all values in the claims. Null and empty values are left out. */
export function listLeaves(claims: JsonObject, path: Path = []): readonly Path[] {
  return Object.entries(claims).flatMap(([name, value]) => {
    const here = [...path, name]
    if (value === null || value === '') return []
    const isNested = typeof value === 'object' && !Array.isArray(value)
    if (!isNested || here.length >= MAX_LISTED_DEPTH) return [here]
    return listLeaves(value as JsonObject, here)
  })
}

export function explainLeftOut(
  path: Path,
  provider: ProviderProfile,
  kept: readonly { readonly path: Path }[],
): string {
  const [first = ''] = path
  if (path.length === 1 && CHECKED_ALWAYS.has(first)) return 'is checked for every token'
  const safe = safeValuesOf(provider).find((one) => samePath(one.path, path))
  if (safe !== undefined)
    return `is not ${String(safe.value)}, the value that a careful rule requires`
  const names = provider.names
  if (isOf(names.workflow, path)) return 'narrows the rule to one workflow; add it if possible'
  if (isOf(names.runner, path))
    return 'says where the workload runs; add it if only some runners are allowed'
  if (isOf(names.actor, path)) return 'names who started the run, which is not a permission'
  const profile = provider.claims?.find((claim) => samePath(claim.path, path))
  if (profile === undefined) return `is not a known claim of ${provider.id}`
  if (profile.influence === 'high') return 'can be chosen by people outside the organization'
  const hasStableId = kept.some(({ path: pinned }) =>
    provider.claims?.some((claim) => samePath(claim.path, pinned) && claim.immutable === true),
  )
  if (profile.immutable === false && hasStableId) {
    return 'is a name that can pass to another owner; the ids above cannot'
  }
  if (path.length === 1 && first === 'sub') return 'is composed of claims that are kept'
  if (profile.immutable === true)
    return 'identifies one run, one instance, or more than the workload'
  return 'is not needed to identify this workload'
}

function isOf(named: Path | undefined, path: Path): boolean {
  return named !== undefined && samePath(named, path)
}
