/** Which rules `from: self` exchange the tokens that a workload gets, one after the other. */
import type { KnownClaims } from '../core/decisions/explain-partly.ts'
import type { CompiledTrust, Rule } from '../core/policy/compile/compiled.ts'
import { findResource } from '../core/policy/compile/resource-uri.ts'
import { readPath } from '../web/json.ts'

/** A rule, and whether it is for the holder of some claims. */
export type Judged = {
  readonly rule: Rule
  readonly certainty: { readonly certainty: 'can' | 'may'; readonly unknown: readonly string[] }
}

type Step = Judged & { readonly left: readonly string[] }

/** `judgeOwn` judges the rules `from: self` by what is known of a token. */
export function findFurther(
  trust: CompiledTrust,
  origin: { readonly iss: string; readonly sub: unknown },
  reached: readonly Judged[],
  judgeOwn: (known: KnownClaims) => readonly Judged[],
): readonly Judged[] {
  const found = new Map<Rule, Judged>()
  const next: Step[] = reached.map((one) => ({ ...one, left: [] }))
  for (let step = next.shift(); step !== undefined; step = next.shift()) {
    const { grant, name, actingAs } = step.rule
    if (grant === undefined) continue
    const audience = findResource(trust.resources, grant.resource)?.audience
    const token = { iss: trust.own?.issuer.url, client_id: name, aud: audience, origin }
    const known = (path: readonly string[]) => readPath(token, path) !== undefined
    const judged = judgeOwn({ claims: token, known, hasAll: false })
    const denied = judged.filter(({ rule }) => rule.grant === undefined)
    if (denied.some(({ certainty }) => certainty.certainty === 'can')) continue
    // A chain does not return to a resource that it has left.
    const left = [...step.left, grant.resource]
    for (const { rule, certainty } of judged) {
      if (rule.grant === undefined || left.includes(rule.grant.resource)) continue
      // A token that names an actor needs one again.
      if (actingAs !== undefined && rule.actingAs === undefined) continue
      const parts = [step.certainty, certainty, ...denied.map((one) => one.certainty)]
      const unknown = [...new Set(parts.flatMap((part) => part.unknown))]
      const isCertain = parts.every((part) => part.certainty === 'can')
      const earlier = found.get(rule)?.certainty.certainty
      if (earlier === 'can' || (earlier === 'may' && !isCertain)) continue
      const one: Judged = { rule, certainty: { certainty: isCertain ? 'can' : 'may', unknown } }
      found.set(rule, one)
      next.push({ ...one, left })
    }
  }
  return [...found.values()]
}
