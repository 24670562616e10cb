/** The conditions of a rule as sentences. */
import type { ConditionSource } from '../../../contract/condition.ts'

type Scalar = string | number | boolean

/** Such as `one of push, workflow_dispatch`. Strings that look like another type have quotes. */
function describeCondition(condition: ConditionSource): string {
  if (Array.isArray(condition)) return describeValues(condition)
  if (typeof condition !== 'object') return describeScalar(condition)
  if ('not' in condition) return `present, and not ${describeAny(condition.not)}`
  if ('glob' in condition) return `matching ${condition.glob}`
  if ('contains' in condition) return `a list with ${describeAll(condition.contains)}`
  if ('exists' in condition) return condition.exists ? 'present' : 'absent'
  const least = 'min' in condition ? `at least ${condition.min}` : undefined
  const most = condition.max === undefined ? undefined : `at most ${condition.max}`
  return ['a number of', least, least && most && 'and', most].filter(Boolean).join(' ')
}

/** The conditions of `when`, whatever release stored them. */
export function listConditions(when: unknown): readonly (readonly [string, string])[] {
  if (typeof when !== 'object' || when === null) return []
  return Object.entries(when).map(([claim, condition]) => [claim, describeUnknown(condition)])
}

function describeUnknown(condition: unknown): string {
  const isKnown =
    isScalar(condition) ||
    (Array.isArray(condition) && condition.every(isScalar)) ||
    hasOperator(condition)
  return isKnown ? describeCondition(condition as ConditionSource) : JSON.stringify(condition)
}

const OPERATORS = ['not', 'glob', 'contains', 'exists', 'min', 'max']

function hasOperator(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const names = Object.keys(value)
  return names.length > 0 && names.every((name) => OPERATORS.includes(name))
}

function isScalar(value: unknown): value is Scalar {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

function describeScalar(value: Scalar): string {
  if (typeof value !== 'string') return String(value)
  const isAmbiguous = value.trim() !== value || value === '' || isOtherType(value)
  return isAmbiguous ? JSON.stringify(value) : value
}

/** The string `"1"` is not the number 1 (and `"true"` is not true). */
function isOtherType(text: string): boolean {
  return text === 'true' || text === 'false' || (text !== '' && !Number.isNaN(Number(text)))
}

function describeValues(values: readonly Scalar[]): string {
  const [first] = values
  if (values.length === 1 && first !== undefined) return describeScalar(first)
  return `one of ${values.map(describeScalar).join(', ')}`
}

const describeAny = (value: Scalar | readonly Scalar[]) =>
  typeof value === 'object' ? describeValues(value) : describeScalar(value)

const describeAll = (value: Scalar | readonly Scalar[]) =>
  typeof value === 'object' ? value.map(describeScalar).join(' and ') : describeScalar(value)
