/**
 * Indexes the rules of one issuer by the equality whose claim has the most distinct values, so that
 * `overlaps.ts` compares a rule with a few others. Rules without an equality may cover any rule.
 */
import type { Condition, Primitive, Rule } from '../../core/policy/compile/compiled.ts'

export type EqualityIndex = {
  /** Allow rules by the path of a claim and its value. */
  readonly lookups: ReadonlyMap<readonly string[], ReadonlyMap<Primitive, readonly Rule[]>>
  readonly rest: readonly Rule[]
}

export function indexByEquality(rules: readonly Rule[]): EqualityIndex {
  const spread = countValues(rules)
  const rest: Rule[] = []
  const lookups = new Map<readonly string[], Map<Primitive, Rule[]>>()
  for (const rule of rules) {
    const equality = chooseEquality(rule, spread)
    if (equality === undefined) {
      rest.push(rule)
      continue
    }
    // A deny rule is never compared, but with an equality it must not take the place of another rule.
    if (rule.grant === undefined) continue
    const lookup = lookups.get(equality.path) ?? new Map<Primitive, Rule[]>()
    lookups.set(equality.path, lookup)
    for (const value of equality.values) {
      const filed = lookup.get(value)
      if (filed === undefined) lookup.set(value, [rule])
      else filed.push(rule)
    }
  }
  return { lookups, rest }
}

type Equality = { readonly path: readonly string[]; readonly values: readonly Primitive[] }

/** Few values in the rule and many in the document make the lists of the index short. */
function chooseEquality(
  rule: Rule,
  spread: ReadonlyMap<readonly string[], number>,
): Equality | undefined {
  let chosen: Equality | undefined
  let best = -1
  for (const { path, test } of rule.conditions) {
    if (test.kind !== 'any_of') continue
    const score = (spread.get(path) ?? 0) / test.values.length
    if (score <= best) continue
    best = score
    chosen = { path, values: test.values }
  }
  return chosen
}

/** The number of distinct values per path. Conditions of one issuer share paths. */
function countValues(rules: readonly Rule[]): ReadonlyMap<readonly string[], number> {
  const values = new Map<readonly string[], Set<Primitive>>()
  const counted = new Set<Condition>()
  for (const rule of rules) {
    for (const condition of rule.conditions) {
      const { path, test } = condition
      if (test.kind !== 'any_of' || counted.has(condition)) continue
      counted.add(condition)
      const seen = values.get(path) ?? new Set()
      values.set(path, seen)
      for (const value of test.values) seen.add(value)
    }
  }
  return new Map([...values].map(([path, seen]) => [path, seen.size]))
}
