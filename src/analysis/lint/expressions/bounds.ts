/**
 * Finds numbers that no token has: bounds of one value that exclude each other, such as
 * `claims.n < 5 && claims.n > 7`, one of which may be a condition of `when`, and a size below 0.
 */
import type { SyntaxNode } from '../../../core/policy/language/expression/syntax.ts'
import { Uint } from '../../../core/policy/language/expression/values.ts'
import type { AnyRule, Found } from '../check.ts'
import type { RequiredClause } from '../view.ts'
import { pathOf } from './ordering.ts'

/** The numbers from `min` to `max`. The ends belong to it if they are not open. */
type Interval = {
  readonly min: number
  readonly max: number
  readonly isMinOpen: boolean
  readonly isMaxOpen: boolean
}

const ANY: Interval = {
  min: Number.NEGATIVE_INFINITY,
  max: Number.POSITIVE_INFINITY,
  isMinOpen: false,
  isMaxOpen: false,
}

/** LINT-37 for an allow rule. In a deny rule, a bound of an absent claim is undefined, and denies. */
export function findEmptyBounds({ rule, view }: AnyRule): readonly Found[] {
  const { expression, grant } = rule
  if (expression === undefined || grant === undefined) return []
  const bounds = new Map<string, Interval>()
  for (const clause of view.required) {
    const interval = clause.place[0] === 'when' ? intervalOf(clause) : undefined
    if (interval !== undefined) narrow(bounds, JSON.stringify(clause.path), interval)
  }
  const ordered = new Map<string, string>()
  for (const node of conjunctsOf(expression.tree)) {
    const order = readOrder(node)
    if (order === undefined) continue
    const { key, name, subject, interval } = order
    if (!bounds.has(key) && isSize(subject)) narrow(bounds, key, { ...ANY, min: 0 })
    narrow(bounds, key, interval)
    // Different values of one claim are a finding of their own.
    if (node.op !== '==' || name === undefined) ordered.set(key, name ?? 'the same value')
  }
  return [...ordered]
    .filter(([key]) => isEmpty(bounds.get(key) ?? ANY))
    .map(([, name]) => ({
      severity: 'warn' as const,
      path: ['condition'],
      message: `no number meets all comparisons of ${name}: this rule never matches`,
      fix: 'Correct the numbers, or the direction of a comparison.',
    }))
}

function narrow(bounds: Map<string, Interval>, key: string, other: Interval): void {
  const one = bounds.get(key) ?? ANY
  const min = Math.max(one.min, other.min)
  const max = Math.min(one.max, other.max)
  const is = (end: 'min' | 'max', open: 'isMinOpen' | 'isMaxOpen', value: number) =>
    [one, other].some((interval) => interval[end] === value && interval[open])
  bounds.set(key, {
    min,
    max,
    isMinOpen: is('min', 'isMinOpen', min),
    isMaxOpen: is('max', 'isMaxOpen', max),
  })
}

function isEmpty({ min, max, isMinOpen, isMaxOpen }: Interval): boolean {
  return min > max || (min === max && (isMinOpen || isMaxOpen))
}

function intervalOf({ test }: RequiredClause): Interval | undefined {
  if (test.kind === 'range') return { ...ANY, min: test.min, max: test.max }
  if (test.kind !== 'any_of') return undefined
  const numbers = test.values.filter((value) => typeof value === 'number')
  if (numbers.length < test.values.length) return undefined
  return { ...ANY, min: Math.min(...numbers), max: Math.max(...numbers) }
}

/** The parts that must all be true. */
function conjunctsOf(node: SyntaxNode): readonly SyntaxNode[] {
  if (node.op !== '&&') return [node]
  return [...conjunctsOf(node.left), ...conjunctsOf(node.right)]
}

type Order = {
  readonly subject: SyntaxNode
  readonly key: string
  /** Undefined for what is no claim, such as its size. */
  readonly name: string | undefined
  readonly interval: Interval
}

const MIRRORED: Readonly<Record<string, string>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
}

/** A comparison of something with a number; undefined for every other part. */
function readOrder(node: SyntaxNode): Order | undefined {
  const mirrored = MIRRORED[node.op]
  if (mirrored === undefined || !('left' in node)) return undefined
  const [left, right] = [numberOf(node.left), numberOf(node.right)]
  if (right !== undefined && left === undefined) return orderOf(node.left, node.op, right)
  if (left !== undefined && right === undefined) return orderOf(node.right, mirrored, left)
  return undefined
}

function orderOf(subject: SyntaxNode, operator: string, value: number): Order {
  const path = pathOf(subject)
  const interval = {
    ...ANY,
    ...(operator.startsWith('<') ? {} : { min: value }),
    ...(operator.startsWith('>') ? {} : { max: value }),
    isMinOpen: operator === '>',
    isMaxOpen: operator === '<',
  }
  const name = path?.join('.')
  return { subject, key: JSON.stringify(path ?? textOf(subject)), name, interval }
}

/** A literal number that a double has exactly; a larger one is compared by other rules. */
function numberOf(node: SyntaxNode): number | undefined {
  if (node.op === 'minus') {
    const value = numberOf(node.operand)
    return value === undefined ? undefined : -value
  }
  if (node.op !== 'literal') return undefined
  const { value } = node
  const number = value instanceof Uint ? Number(value.value) : value
  if (typeof number !== 'number' && typeof number !== 'bigint') return undefined
  const double = Number(number)
  return Math.abs(double) <= Number.MAX_SAFE_INTEGER ? double : undefined
}

/** The number of characters or elements: `size(claims.a)` or `claims.a.size()`. */
function isSize(node: SyntaxNode): boolean {
  return (node.op === 'call' || node.op === 'method') && node.name === 'size'
}

/** The same text for two parts that differ only in their place, and another for all others. */
function textOf(node: SyntaxNode): string {
  return JSON.stringify(node, (name, value: unknown) => {
    if (name === 'start' || name === 'pos') return undefined
    if (typeof value === 'bigint') return `${value} as an int`
    return value instanceof Uint ? `${value.value} as a uint` : value
  })
}
