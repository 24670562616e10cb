/** Which rules `from: self` exchange the tokens that a workload gets, one after the other. */
import type { KnownClaims } from '../core/decisions/explain-partly.ts'
import type { CompiledTrust, Rule } from '../core/policy/compile/compiled.ts'
import { findResource } from '../core/policy/compile/resource-uri.ts'
import { ancestorsOf } from '../protocol/token.ts'
import { type JsonObject, readPath } from '../web/json.ts'

/** A rule, and whether it is for the holder of some claims. */
export type Judged = {
  readonly rule: Rule
  readonly certainty: { readonly certainty: 'can' | 'may'; readonly unknown: readonly string[] }
}

type Step = Judged & { readonly left: readonly string[] }

/** What the tokens of a chain have in common. */
export type Chain = {
  /** The claim `origin`; undefined if it is not known. */
  readonly origin: unknown
  /** The audiences of the tokens before. */
  readonly left: readonly string[]
  /** Whether the last token names an actor. The next one then needs an actor too. */
  readonly acts: boolean
}

/** The chain that the holder of a token of this gateway continues. */
export function continueChain({ aud, origin, act, ...claims }: JsonObject): Chain {
  const ancestors = ancestorsOf(claims).filter(({ actor }) => actor !== true)
  const own = typeof aud === 'string' ? [aud] : []
  const left = [...ancestors.map((one) => one.aud), ...own]
  return { origin, left, acts: act !== undefined }
}

/** The rule that granted a token or an ancestor and is not in force: such a token gets nothing more. */
export function findEnded(
  { own }: CompiledTrust,
  claims: JsonObject,
  isInForce: (rule: Rule) => boolean,
): string | undefined {
  const names = [...ancestorsOf(claims).map((one) => one.client_id), claims.client_id]
  return names
    .filter((name) => typeof name === 'string')
    .find((name) => {
      const rule = own?.ruleNamed(name)
      return rule?.grant === undefined || !isInForce(rule)
    })
}

/** Whether a rule can decide for a token of the chain. For its own resource, only an actor needs one. */
export function isForChain(
  trust: CompiledTrust,
  { left, acts }: Chain,
  { grant, actingAs }: Rule,
): boolean {
  if (grant === undefined) return true
  const audience = findResource(trust.resources, grant.resource)?.audience ?? grant.resource
  if (actingAs === undefined) return !acts && !left.includes(audience)
  return !left.slice(0, -1).includes(audience)
}

/** `judgeOwn` judges the rules `from: self` by what is known of a token. */
export function findFurther(
  trust: CompiledTrust,
  { origin, left: before }: Chain,
  reached: readonly Judged[],
  judgeOwn: (known: KnownClaims) => readonly Judged[],
): readonly Judged[] {
  const found = new Map<Rule, Judged>(reached.map((one) => [one.rule, one]))
  const next: Step[] = reached.map((one) => ({ ...one, left: before }))
  const audienceOf = (uri: string) => findResource(trust.resources, uri)?.audience ?? uri
  for (let step = next.shift(); step !== undefined; step = next.shift()) {
    const { grant, name, actingAs } = step.rule
    if (grant === undefined) continue
    const audience = audienceOf(grant.resource)
    const token = { iss: trust.own?.issuer.url, client_id: name, aud: audience, origin }
    const known = (path: readonly string[]) => readPath(token, path) !== undefined
    const judged = judgeOwn({ claims: token, known, hasAll: false })
    const denied = judged.filter(({ rule }) => rule.grant === undefined)
    if (denied.some(({ certainty }) => certainty.certainty === 'can')) continue
    // A chain does not return to a resource that it has left.
    const left = [...step.left, audience]
    for (const { rule, certainty } of judged) {
      if (rule.grant === undefined || left.includes(audienceOf(rule.grant.resource))) continue
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
  for (const { rule } of reached) found.delete(rule)
  return [...found.values()]
}
