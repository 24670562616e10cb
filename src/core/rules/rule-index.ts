/**
 * Finds the rules worth looking at without walking all of them: each rule is filed under the value
 * of its most telling equality, so that ten thousand rules cost what ten do.
 */
import type { Condition, Primitive, Rule, RuleIndex } from './compiled.ts'
import { foldCase } from './fold-case.ts'

type Lookup = {
  readonly path: readonly string[]
  readonly foldsCase: boolean
  readonly rules: Map<Primitive, Rule[]>
}

type Filing = { readonly rule: Rule; readonly condition: Condition | undefined }

/** Files each rule under the equality whose claim has the most distinct values in the document. */
export function indexBySelectivity(rules: readonly Rule[]): RuleIndex {
  const spread = countValues(rules)
  return build(
    rules.map((rule) => ({
      rule,
      condition: best(
        rule.conditions.filter(isEquality),
        (condition) =>
          // Few values of its own, many in the document: the shortest list for a lookup.
          (spread.get(condition.path) ?? 0) / sizeOf(condition),
      ),
    })),
  )
}

/** Files each rule under an equality that pins its tenant; rules that pin none are left out. */
export function indexByTenant(rules: readonly Rule[]): RuleIndex {
  const spread = countValues(rules)
  return build(
    rules.flatMap((rule) => {
      const pins = tenantConditions(rule)
      if (pins.length === 0) return []
      const score = (condition: Condition) => spread.get(condition.path) ?? 0
      return [{ rule, condition: best(pins.filter(isEquality), score) }]
    }),
  )
}

/** The conditions that say whose rule this is: the organisation, or else what lies within one. */
export function tenantConditions(rule: Rule): readonly Condition[] {
  const tenant = rule.conditions.filter((condition) => condition.pins === 'tenant')
  if (tenant.length > 0) return tenant
  return rule.conditions.filter((condition) => condition.pins === 'project')
}

function build(filings: readonly Filing[]): RuleIndex {
  const rest: Rule[] = []
  const lookups = new Map<readonly string[], Lookup>()
  for (const { rule, condition } of filings) {
    if (condition === undefined || condition.test.kind !== 'any_of') {
      rest.push(rule)
      continue
    }
    const { path, foldsCase } = condition
    const lookup = lookups.get(path) ?? { path, foldsCase, rules: new Map() }
    lookups.set(path, lookup)
    for (const value of condition.test.values) {
      const filed = lookup.rules.get(value)
      if (filed === undefined) lookup.rules.set(value, [rule])
      else filed.push(rule)
    }
  }
  return Object.freeze({ lookups: Object.freeze([...lookups.values()]), rest: Object.freeze(rest) })
}

/** The rules that can possibly match, in document order. */
export function candidates(
  index: RuleIndex,
  readScalar: (path: readonly string[]) => Primitive | undefined,
): readonly Rule[] {
  let found: readonly Rule[] = index.rest
  let isSorted = true
  for (const { path, foldsCase, rules } of index.lookups) {
    const scalar = readScalar(path)
    const value = foldsCase && typeof scalar === 'string' ? foldCase(scalar) : scalar
    const filed = value === undefined ? undefined : rules.get(value)
    if (filed === undefined) continue
    if (found.length === 0) found = filed
    else {
      found = [...found, ...filed]
      isSorted = false
    }
  }
  return isSorted ? found : found.toSorted((a, b) => a.position - b.position)
}

/** By path, which the conditions of one issuer share (see `claim-table.ts`). */
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

function best(
  conditions: readonly Condition[],
  score: (condition: Condition) => number,
): Condition | undefined {
  let chosen: Condition | undefined
  for (const condition of conditions) {
    if (chosen === undefined || score(condition) > score(chosen)) chosen = condition
  }
  return chosen
}

function isEquality(condition: Condition): boolean {
  return condition.test.kind === 'any_of'
}

function sizeOf(condition: Condition): number {
  return condition.test.kind === 'any_of' ? condition.test.values.length : 1
}
