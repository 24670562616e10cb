/**
 * POS-16: conditions that admit more than the tokens of the recorded decisions presented. It needs the
 * records, so only the command line runs it.
 */

import { longestValue } from '../../contract/condition.ts'
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import type { PostureFinding } from '../../contract/posture/report.ts'
import type { RuleSource } from '../../contract/trust-document.ts'
import type { CompiledTrust, Condition } from '../../core/policy/compile/compiled.ts'
import { holds } from '../../core/policy/decide/conditions.ts'
import { foldCase } from '../../core/policy/language/fold-case.ts'
import { readPath } from '../../web/json.ts'
import { countOf, type LiveRule, liveRules, placeOf, readSources } from './examined.ts'
import { POSTURE_LEAST_TOKENS, POSTURE_MOST_VALUES } from './limits.ts'

export type ValuesInput = {
  readonly trust: CompiledTrust
  readonly document: unknown
  /** Epoch seconds. */
  readonly at: number
  /** Granted decisions. */
  readonly records: readonly DecisionRecord[]
}

type Value = string | number | boolean

/** A condition, with the only values that were presented. */
type Narrowed = { readonly condition: Condition; readonly seen: readonly Value[] }

export function findWideConditions(input: ValuesInput): readonly PostureFinding[] {
  const byRule = new Map<string, DecisionRecord[]>()
  for (const record of input.records) {
    const name = record.rule ?? ''
    const known = byRule.get(name)
    if (known === undefined) byRule.set(name, [record])
    else known.push(record)
  }
  const sources = readSources(input.document)
  return liveRules(input).flatMap((rule) => {
    const own = (byRule.get(rule.name) ?? []).filter(
      (record) => record.resource === rule.grant.resource && couldMeet(record, rule),
    )
    // A few tokens say little about the next one.
    return own.length < POSTURE_LEAST_TOKENS
      ? []
      : describeRule(rule, sources.get(rule.name)?.rule, own)
  })
}

/** An earlier version of the rule may have granted a token that this one refuses. */
function couldMeet(record: DecisionRecord, { from, conditions }: LiveRule): boolean {
  const claims = { ...record.claims, sub: record.subject }
  return (
    record.issuer === from &&
    conditions.every(
      (condition) => readValue(condition.path, record) === undefined || holds(condition, claims),
    )
  )
}

function describeRule(
  rule: LiveRule,
  source: RuleSource | undefined,
  records: readonly DecisionRecord[],
): readonly PostureFinding[] {
  const narrowed = rule.conditions.flatMap((condition) => narrow(condition, records) ?? [])
  if (narrowed.length === 0) return []
  const texts = narrowed.map(
    ({ condition, seen }) => `${condition.claim} was only ${seen.map(String).join(', ')}`,
  )
  const when = narrowed.map(({ condition, seen }) => [
    condition.claim,
    seen.length === 1 ? seen[0] : seen,
  ])
  return [
    {
      ...{ id: 'POS-16', severity: 'info', ...placeOf(rule) },
      message: `in ${countOf(records.length, 'recorded token')}, ${texts.join('; ')}`,
      fix: 'Pin these values, if the workload needs no others.',
      ...(source === undefined
        ? {}
        : { narrower: { ...source, when: { ...source.when, ...Object.fromEntries(when) } } }),
    },
  ]
}

/** Returns undefined if the condition is as narrow as its use, or its use is not recorded. */
function narrow(condition: Condition, records: readonly DecisionRecord[]): Narrowed | undefined {
  const { test } = condition
  const isWide =
    (test.kind === 'any_of' && test.values.length > 1) ||
    (test.kind === 'glob' && test.pattern.prefix !== test.pattern.source)
  if (!isWide) return undefined
  const seen = new Set<Value>()
  for (const record of records) {
    const value = readValue(condition.path, record)
    if (value === undefined) return undefined
    // A document cannot have a longer value, so only a pattern can match it.
    const text = String(value)
    if (text.length > longestValue(text)) return undefined
    seen.add(condition.foldsCase && typeof value === 'string' ? foldCase(value) : value)
    if (seen.size > POSTURE_MOST_VALUES) return undefined
  }
  if (test.kind === 'any_of' && seen.size >= test.values.length) return undefined
  return { condition, seen: [...seen].toSorted() }
}

function readValue(path: readonly string[], record: DecisionRecord): Value | undefined {
  const [first = '', ...rest] = path
  const value =
    first === 'sub' && rest.length === 0 ? record.subject : readPath(record.claims ?? {}, path)
  const isValue = ['string', 'number', 'boolean'].includes(typeof value)
  return isValue ? (value as Value) : undefined
}
