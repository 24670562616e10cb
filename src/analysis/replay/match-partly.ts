/**
 * Which rules match claims of which some are unknown: those that match for certain, and those that may,
 * with the names of the claims that would tell.
 */
import type { CompiledTrust, Rule, TrustedIssuer } from '../../core/policy/compile/compiled.ts'
import { holds } from '../../core/policy/decide/conditions.ts'
import type { JsonObject } from '../../web/json.ts'

export type PossibleRule = { readonly rule: Rule; readonly missing: readonly string[] }

export type PartialMatch = {
  /** In document order. */
  readonly certain: readonly Rule[]
  readonly possible: readonly PossibleRule[]
}

export type IsKnown = (path: readonly string[]) => boolean

/** Matches that are remembered. Claims that no condition reads do not distinguish tokens. */
const MAX_REMEMBERED = 20_000

/** Returns a matcher for one issuer at one time, in epoch seconds. */
export function createPartialMatcher(
  { rules }: CompiledTrust,
  { name }: TrustedIssuer,
  at: number,
): (claims: JsonObject, isKnown: IsKnown) => PartialMatch {
  // These cases have no actor.
  const own = rules.filter(
    (rule) => rule.from === name && rule.expiresAt > at && rule.actingAs === undefined,
  )
  const conditions = own.flatMap((rule) => rule.conditions)
  const paths = [...new Map(conditions.map(({ path }) => [JSON.stringify(path), path])).values()]
  const roots = [...new Set(paths.map(([root = '']) => root))]
  const remembered = new Map<string, PartialMatch>()
  return (claims, isKnown) => {
    const values = roots.map((root) => (Object.hasOwn(claims, root) ? claims[root] : null))
    const key = JSON.stringify([values, paths.map((path) => (isKnown(path) ? 1 : 0))])
    const known = remembered.get(key)
    if (known !== undefined) return known
    const match = matchRules(own, claims, isKnown)
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(key, match)
    return match
  }
}

function matchRules(own: readonly Rule[], claims: JsonObject, isKnown: IsKnown): PartialMatch {
  const certain: Rule[] = []
  const possible: PossibleRule[] = []
  for (const rule of own) {
    const denies = rule.grant === undefined
    const isRefuted = rule.conditions.some(
      (condition) => isKnown(condition.path) && !holds(condition, claims, denies),
    )
    if (isRefuted) continue
    const missing = rule.conditions.flatMap(({ path, claim }) => (isKnown(path) ? [] : [claim]))
    // An expression can read any claim.
    if (rule.expression !== undefined) missing.push('condition')
    if (missing.length === 0) certain.push(rule)
    else possible.push({ rule, missing })
  }
  return { certain, possible }
}
