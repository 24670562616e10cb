/**
 * The types of probes, and the example identity that every probe changes: the identity that the rule
 * is meant for, with the values of the rule's conditions.
 */

import type { Condition, Primitive, Rule } from '../../core/policy/compile/compiled.ts'
import { samePath } from '../../core/policy/language/claim-path.ts'
import type { ProviderProfile } from '../../core/providers/profile.ts'
import { isJsonObject, type JsonObject, readPath } from '../../web/json.ts'

/**
 * The kind of a hostile identity. `stranger`: it belongs to another party. `namesake`: it has the same
 * or similar names, but is not the intended workload. `own`: it belongs to the project of the rule,
 * but people whom the rule does not mean can control it.
 */
export type Hostility = 'stranger' | 'namesake' | 'own'

export type Probe = {
  /** Unique among all probes. */
  readonly name: string
  readonly hostility: Hostility
  /** Describes the identity. It completes "the rule accepts …". */
  readonly who: string
  /** Creates the hostile identity; undefined if the probe does not apply to the rule. */
  readonly change: (example: JsonObject, rule: Rule) => JsonObject | undefined
}

/** The probes of one platform, and the usual claims of its tokens. */
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

/** The usual claims of the platform, changed so that they meet the rule's conditions. */
export function exampleOf(rule: Rule, usual: JsonObject): JsonObject {
  return rule.conditions.reduce<JsonObject>((claims, condition) => meet(claims, condition), usual)
}

/** The conditions of the rule on one claim. */
export function conditionsOn({ conditions }: Rule, path: Path): readonly Condition[] {
  return conditions.filter((condition) => samePath(condition.path, path))
}

/** The claims, changed so that they meet the condition. */
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
      return readPath(claims, path) === undefined ? withClaim(claims, path, 'x') : claims
    case 'none_of': {
      const own = readPath(claims, path)
      const isTaken = own === undefined || test.values.includes(own as Primitive)
      return isTaken ? withClaim(claims, path, otherThan(test.values)) : claims
    }
  }
}

/** A value of the same type that is not in the list. */
function otherThan(values: readonly Primitive[]): Primitive {
  const [first] = values
  if (typeof first === 'boolean') return !first
  if (typeof first === 'number') return Math.max(...values.map(Number)) + 1
  return 'other'
}

export function withClaim(claims: JsonObject, path: Path, value: unknown): JsonObject {
  const [name = '', ...rest] = path
  if (rest.length === 0) return { ...claims, [name]: value }
  const inner = readPath(claims, [name])
  const holder = isJsonObject(inner) ? inner : {}
  return { ...claims, [name]: withClaim(holder, rest, value) }
}

export function withoutClaim(claims: JsonObject, path: Path): JsonObject {
  const [name = '', ...rest] = path
  if (rest.length > 0) {
    const inner = readPath(claims, [name])
    if (!isJsonObject(inner)) return claims
    return { ...claims, [name]: withoutClaim(inner, rest) }
  }
  return Object.fromEntries(Object.entries(claims).filter(([own]) => own !== name))
}

/** A top-level claim as text; empty if it is not a text. */
export function textAt(claims: JsonObject, name: string): string {
  const value = readPath(claims, [name])
  return typeof value === 'string' ? value : ''
}
