/**
 * Finds the rules that may match without evaluating all rules. Each rule is indexed by the values of
 * its most selective equality, so that ten thousand rules cost as much as ten.
 */
import type { JsonObject } from '../../../web/json.ts'
import { readScalar } from '../../evidence/identity.ts'
import type { Condition, Primitive, Rule, RuleIndex } from '../compile/compiled.ts'
import { foldCase } from '../language/fold-case.ts'
import { keyOf, possibleKeys, readPossible } from './could-be.ts'

type Lookup = {
  readonly path: readonly string[]
  readonly foldsCase: boolean
  readonly rules: Map<Primitive, Rule[]>
  readonly denyRules: Map<string, Rule[]>
}

type Filing = { readonly rule: Rule; readonly condition: Condition | undefined }

/** Indexes each rule by the equality whose claim has the most distinct values in the document. */
export function indexBySelectivity(rules: readonly Rule[]): RuleIndex {
  const spread = countValues(rules)
  return build(
    rules.map((rule) => ({
      rule,
      condition: best(
        rule.conditions.filter(isEquality),
        (condition) =>
          // Few values in the rule and many in the document make the lists of the index short.
          (spread.get(condition.path) ?? 0) / sizeOf(condition),
      ),
    })),
  )
}

/** Indexes each rule by an equality that pins its tenant. Rules that pin none are left out. */
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

/** The conditions that pin the rule's tenant, or if there are none, those that pin a project. */
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
    const lookup = lookups.get(path) ?? {
      path,
      foldsCase,
      rules: new Map(),
      denyRules: new Map(),
    }
    lookups.set(path, lookup)
    const { values } = condition.test
    if (rule.grant === undefined) {
      for (const key of new Set(values.map(keyOf))) file(lookup.denyRules, key, rule)
    } else for (const value of values) file(lookup.rules, value, rule)
  }
  return Object.freeze({ lookups: Object.freeze([...lookups.values()]), rest: Object.freeze(rest) })
}

function file<Key>(rules: Map<Key, Rule[]>, key: Key, rule: Rule): void {
  const filed = rules.get(key)
  if (filed === undefined) rules.set(key, [rule])
  else filed.push(rule)
}

/** The rules that may match these claims, in document order. */
export function candidates(index: RuleIndex, claims: JsonObject): readonly Rule[] {
  let found: readonly Rule[] = index.rest
  let isSorted = true
  const add = (filed: readonly Rule[] | undefined) => {
    if (filed === undefined || filed.length === 0) return
    isSorted &&= found.length === 0
    found = found.length === 0 ? filed : [...found, ...filed]
  }
  for (const { path, foldsCase, rules, denyRules } of index.lookups) {
    const scalar = readScalar(claims, path)
    const value = foldsCase && typeof scalar === 'string' ? foldCase(scalar) : scalar
    if (value !== undefined) add(rules.get(value))
    if (denyRules.size > 0) add(possibleDenials(denyRules, claims, path, foldsCase))
  }
  return isSorted ? found : found.toSorted(byPosition)
}

const byPosition = (a: Rule, b: Rule) => a.position - b.position

/** The deny rules that may match. They are indexed by the values that a claim could have. */
function possibleDenials(
  denyRules: ReadonlyMap<string, readonly Rule[]>,
  claims: JsonObject,
  path: readonly string[],
  foldsCase: boolean,
): readonly Rule[] | undefined {
  const value = readPossible(claims, path)
  if (value === undefined) return undefined
  const keys = possibleKeys(value, foldsCase)
  if (keys?.length === 1) return denyRules.get(keys[0] ?? '')
  const filed = keys?.flatMap((key) => denyRules.get(key) ?? []) ?? [...denyRules.values()].flat()
  // A rule with several values is in the index once for each value.
  return [...new Set(filed)].toSorted(byPosition)
}

/** The number of distinct values per path. Conditions of one issuer share paths: see `claim-table.ts`. */
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
