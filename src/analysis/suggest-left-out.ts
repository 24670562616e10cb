/** Why a suggested rule does without a claim, in one sentence for each. */

import { samePath } from '../core/policy/language/claim-path.ts'
import type { ProviderProfile } from '../core/providers/profile.ts'
import type { JsonObject } from '../web/json.ts'

type Path = readonly string[]

const CHECKED_ALWAYS: ReadonlySet<string> = new Set(['iss', 'aud', 'exp', 'iat', 'nbf', 'jti'])

/** Deeper than this the leaves of a claim set are not listed one by one. */
const MAX_LISTED_DEPTH = 6

/** Paths of everything the claims say, down to the values; empty ones say nothing. */
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
  if (path.length === 1 && CHECKED_ALWAYS.has(first)) return 'is checked on every token anyway'
  const safe = provider.safeValues?.find((one) => samePath(one.path, path))
  if (safe !== undefined) return `is not ${String(safe.value)}, which a cautious rule would ask for`
  const names = provider.names
  if (isOf(names.workflow, path)) return 'would narrow the rule to one workflow; add it if you can'
  if (isOf(names.runner, path)) return 'says where it runs; add it if only some runners may'
  if (isOf(names.actor, path)) return 'names who started the run, which is no permission'
  const profile = provider.claims?.find((claim) => samePath(claim.path, path))
  if (profile === undefined) return `is not known of ${provider.id}`
  if (profile.influence === 'high') return 'can be chosen by somebody outside the organisation'
  const hasStableId = kept.some(({ path: pinned }) =>
    provider.claims?.some((claim) => samePath(claim.path, pinned) && claim.immutable === true),
  )
  if (profile.immutable === false && hasStableId) {
    return 'is a name that can change hands; the ids above do not'
  }
  if (path.length === 1 && first === 'sub') return 'is put together from claims that are kept'
  if (profile.immutable === true) return 'names one run, one instance or something wider'
  return 'is not needed to tell this workload from others'
}

function isOf(named: Path | undefined, path: Path): boolean {
  return named !== undefined && samePath(named, path)
}
