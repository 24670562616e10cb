/**
 * What a probe is, and the identity that every probe starts from: the one that the rule's author
 * had in mind, made of the rule's own values where it names some.
 */

import type { Condition, Primitive, Rule } from '../../core/policy/compile/compiled.ts'
import { samePath } from '../../core/policy/language/claim-path.ts'
import type { ProviderProfile } from '../../core/providers/profile.ts'
import { isJsonObject, type JsonObject, readMember } from '../../web/json.ts'

/**
 * Who a hostile identity is. `stranger`: somebody else's. `namesake`: has the names, but is not the
 * one that was meant. `own`: of the rule's own project, and shaped by whom the rule did not mean.
 */
export type Hostility = 'stranger' | 'namesake' | 'own'

export type Probe = {
  /** Unique among all probes. */
  readonly name: string
  readonly hostility: Hostility
  /** What the identity is: completes "the rule lets in …". */
  readonly who: string
  /** The hostile identity; undefined where the rule gives nothing to go by. */
  readonly change: (example: JsonObject, rule: Rule) => JsonObject | undefined
}

/** Probes of one platform, and claims that its tokens usually carry. */
export type ProbeFamily = {
  readonly appliesTo: (profile: ProviderProfile) => boolean
  readonly claims: (rule: Rule) => JsonObject
  readonly probes: readonly Probe[]
}

type Path = readonly string[]

/** Whether the tokens of a provider have the claim: probes of a platform are known by its claims. */
export function hasClaim({ claims }: ProviderProfile, path: Path): boolean {
  return claims?.some((claim) => samePath(claim.path, path)) === true
}

/** An identity that meets the rule's conditions, on top of what the platform usually sends. */
export function exampleOf(rule: Rule, usual: JsonObject): JsonObject {
  return rule.conditions.reduce<JsonObject>((claims, condition) => meet(claims, condition), usual)
}

/** The conditions of the rule on one claim. */
export function conditionsOn({ conditions }: Rule, path: Path): readonly Condition[] {
  return conditions.filter((condition) => samePath(condition.path, path))
}

/** The claims with one of them as the condition asks. */
export function meet(claims: JsonObject, condition: Condition): JsonObject {
  const { path, test } = condition
  switch (test.kind) {
    case 'any_of': {
      const [value] = test.values
      return value === undefined ? claims : withClaim(claims, path, value)
    }
    case 'glob':
      return withClaim(claims, path, test.pattern.source.replaceAll(/\*+/g, 'x'))
    case 'contains':
      return withClaim(claims, path, [...test.values])
    case 'range':
      return withClaim(claims, path, Number.isFinite(test.min) ? test.min : test.max)
    case 'exists':
      if (!test.wanted) return withoutClaim(claims, path)
      return readClaimAt(claims, path) === undefined ? withClaim(claims, path, 'x') : claims
    case 'none_of': {
      const own = readClaimAt(claims, path)
      const isTaken = own === undefined || test.values.includes(own as Primitive)
      return isTaken ? withClaim(claims, path, otherThan(test.values)) : claims
    }
  }
}

/** A value of the same type that is not among those. */
function otherThan(values: readonly Primitive[]): Primitive {
  const [first] = values
  if (typeof first === 'boolean') return !first
  if (typeof first === 'number') return Math.max(...values.map(Number)) + 1
  return 'other'
}

export function readClaimAt(claims: JsonObject, path: Path): unknown {
  let value: unknown = claims
  for (const name of path) {
    if (!isJsonObject(value)) return undefined
    value = readMember(value, name)
  }
  return value
}

export function withClaim(claims: JsonObject, path: Path, value: unknown): JsonObject {
  const [name = '', ...rest] = path
  if (rest.length === 0) return { ...claims, [name]: value }
  const inner = readClaimAt(claims, [name])
  const holder = isJsonObject(inner) ? inner : {}
  return { ...claims, [name]: withClaim(holder, rest, value) }
}

export function withoutClaim(claims: JsonObject, path: Path): JsonObject {
  const [name = '', ...rest] = path
  if (rest.length > 0) {
    const inner = readClaimAt(claims, [name])
    if (!isJsonObject(inner)) return claims
    return { ...claims, [name]: withoutClaim(inner, rest) }
  }
  return Object.fromEntries(Object.entries(claims).filter(([own]) => own !== name))
}

/** A claim of one name as text; empty when it is none. */
export function textAt(claims: JsonObject, name: string): string {
  const value = readClaimAt(claims, [name])
  return typeof value === 'string' ? value : ''
}
