/**
 * Whether one condition implies another, or excludes it. Each answer is proven from the tests of the
 * gateway (`core/policy/decide/conditions.ts`); false means that there is no proof.
 */
import type { Condition, Primitive, Rule } from '../../core/policy/compile/compiled.ts'
import { holds } from '../../core/policy/decide/conditions.ts'
import { samePath } from '../../core/policy/language/claim-path.ts'
import type { SyntaxNode } from '../../core/policy/language/expression/syntax.ts'
import { Uint } from '../../core/policy/language/expression/values.ts'
import type { JsonObject } from '../../web/json.ts'
import { patternCovers } from './pattern-covers.ts'

/**
 * Whether each token that the conditions of `first` match is also matched by those of `second`. Deny
 * rules compare claims in another way, so both rules must have this effect.
 */
export function matchesImply(first: Rule, second: Rule, denies: boolean): boolean {
  return (
    first.from === second.from &&
    actorsImply(first, second, denies) &&
    second.conditions.every((wanted) =>
      first.conditions.some((given) => conditionImplies(given, wanted, denies)),
    ) &&
    isSameExpression(first.expression, second.expression)
  )
}

/** Whether the second is absent, or differs from the first only in spaces, comments and quotation marks. */
function isSameExpression(first: Rule['expression'], second: Rule['expression']): boolean {
  if (second === undefined || first?.source === second.source) return true
  return first !== undefined && writeTree(first.tree) === writeTree(second.tree)
}

/** A syntax tree as text, without the places of its parts. */
function writeTree(tree: SyntaxNode): string {
  return JSON.stringify(tree, (name, value: unknown) => {
    if (name === 'start' || name === 'pos') return undefined
    // An int and a double of one value are different literals.
    if (typeof value === 'bigint') return { int: String(value) }
    if (typeof value === 'number') return { double: String(value) }
    return value instanceof Uint ? { uint: String(value.value) } : value
  })
}

/** Whether the second rule is for each request for which the first one is, as to its actor. */
export function actorsImply(
  { actingAs: given }: Rule,
  { actingAs: wanted }: Rule,
  denies: boolean,
): boolean {
  // Without it, a deny rule is for every request, and an allow rule for those without an actor.
  if (wanted === undefined) return denies || given === undefined
  return (
    given?.from === wanted.from &&
    wanted.conditions.every((one) =>
      given.conditions.some((other) => conditionImplies(other, one, denies)),
    )
  )
}

/** Whether no request can match both allow rules. */
export function areDisjoint(first: Rule, second: Rule): boolean {
  if (first.actingAs?.from !== second.actingAs?.from) return true
  return (
    exclude(first.conditions, second.conditions) ||
    exclude(first.actingAs?.conditions ?? [], second.actingAs?.conditions ?? [])
  )
}

function exclude(some: readonly Condition[], others: readonly Condition[]): boolean {
  return some.some((one) => others.some((other) => excludes(one, other) || excludes(other, one)))
}

/** Whether `wanted` holds for each token for which `given` holds. */
export function conditionImplies(given: Condition, wanted: Condition, denies: boolean): boolean {
  if (!areComparable(given, wanted)) return false
  const [from, to] = [given.test, wanted.test]
  if (to.kind === 'exists') return to.wanted === (from.kind !== 'exists' || from.wanted)
  // In an allow rule the claim has exactly one of these values, so each can be tried.
  const values = denies ? undefined : valuesOf(given)
  if (values !== undefined) return values.every((value) => holds(wanted, claimOf(wanted, value)))
  switch (from.kind) {
    case 'any_of':
      return to.kind === 'any_of' && includesAll(to.values, from.values)
    case 'none_of':
      return to.kind === 'none_of' && includesAll(from.values, to.values)
    case 'contains':
      return to.kind === 'contains' && includesAll(from.values, to.values)
    case 'range':
      return to.kind === 'range' && to.min <= from.min && from.max <= to.max
    case 'glob':
      return to.kind === 'glob' && patternCovers(to.pattern.source, from.pattern.source)
    case 'exists':
      return false
  }
}

function excludes(given: Condition, other: Condition): boolean {
  if (!areComparable(given, other)) return false
  const [from, to] = [given.test, other.test]
  if (from.kind === 'exists' && !from.wanted) return to.kind !== 'exists' || to.wanted
  const values = valuesOf(given)
  return values?.every((value) => !holds(other, claimOf(other, value))) === true
}

function areComparable(first: Condition, second: Condition): boolean {
  return samePath(first.path, second.path) && first.foldsCase === second.foldsCase
}

/** The values that the claim can have in an allow rule; undefined if they are not listed. */
function valuesOf({ test }: Condition): readonly Primitive[] | undefined {
  if (test.kind === 'any_of') return test.values
  const isLiteral = test.kind === 'glob' && !test.pattern.source.includes('*')
  return isLiteral ? [test.pattern.source] : undefined
}

function claimOf({ path }: Condition, value: Primitive): JsonObject {
  return path
    .toReversed()
    .reduce<unknown>((inner, name) => ({ [name]: inner }), value) as JsonObject
}

function includesAll(values: readonly Primitive[], wanted: readonly Primitive[]): boolean {
  return wanted.every((value) => values.includes(value))
}
