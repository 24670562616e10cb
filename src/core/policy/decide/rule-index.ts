/**
 * Finds the rules worth looking at without walking all of them: each rule is filed under the value
 * of its most telling equality, so that ten thousand rules cost what ten do.
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

/** The rules that can possibly match, in document order. */
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

/** Rules that deny look at what a claim could be, so they are filed under that. */
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
  // A rule with several values is filed under each of them.
  return [...new Set(filed)].toSorted(byPosition)
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
