/** Checks the operators of an expression: the operand types and the result type of each. */
import { placeOf, type Scope, typeOf } from './check-scope.ts'
import { type Place, typeFaultAt } from './fault.ts'
import type { BinaryNode } from './syntax.ts'
import {
  areComparable,
  BOOL,
  DOUBLE,
  DYN,
  describeType,
  join,
  type Kind,
  listOf,
  mayBe,
  NUMBERS,
  STRING,
  type Type,
} from './types.ts'

type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%'

const ADDED: readonly Kind[] = ['int', 'uint', 'double', 'string', 'list']
const CALCULATED: Readonly<Record<'+' | '-' | '*' | '/' | '%', readonly Kind[]>> = {
  '+': ADDED,
  '-': ['int', 'uint', 'double'],
  '*': ['int', 'uint', 'double'],
  '/': ['int', 'uint', 'double'],
  '%': ['int', 'uint'],
}
const ORDERED: readonly Kind[] = ['int', 'uint', 'double', 'string', 'bool']

export function checkBinary(
  operator: Operator,
  { left: first, right: second }: BinaryNode,
  at: Place,
  scope: Scope,
): Type {
  const [left, right] = [typeOf(first, scope), typeOf(second, scope)]
  switch (operator) {
    case '==':
    case '!=':
      if (areComparable(left, right)) return BOOL
      break
    case 'in':
      checkMembership(left, right, placeOf(second, scope))
      return BOOL
    case '<':
    case '<=':
    case '>':
    case '>=':
      if (areOrdered(left, right)) return BOOL
      break
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return checkArithmetic(operator, left, right, at)
  }
  throw typeFaultAt(at, `compares ${describeType(left)} with ${describeType(right)}`)
}

function checkMembership(value: Type, holder: Type, at: Place): void {
  if (holder.kind === 'list' && areComparable(value, holder.element)) return
  if (holder.kind === 'map' && mayBe(value, 'string')) return
  if (holder.kind === 'json' || holder.kind === 'dyn') return
  const advice = holder.kind === 'string' ? 'use contains to search a text' : undefined
  throw typeFaultAt(at, `looks for ${describeType(value)} in ${describeType(holder)}`, advice)
}

function areOrdered(left: Type, right: Type): boolean {
  if (NUMBERS.has(left.kind) && NUMBERS.has(right.kind)) return true
  return ORDERED.some((kind) => {
    const isNumber = NUMBERS.has(kind)
    const fits = (type: Type) => mayBe(type, kind) || (isNumber && mayBe(type, 'double'))
    return fits(left) && fits(right)
  })
}

function checkArithmetic(
  operator: keyof typeof CALCULATED,
  left: Type,
  right: Type,
  at: Place,
): Type {
  const kinds = CALCULATED[operator].filter((kind) => mayBe(left, kind) && mayBe(right, kind))
  const [only] = kinds
  if (only === undefined) {
    const types = `${describeType(left)} ${operator} ${describeType(right)}`
    throw typeFaultAt(at, `cannot calculate ${types}`, adviseNumbers(left, right))
  }
  if (left.kind === 'list' && right.kind === 'list')
    return listOf(join(left.element, right.element))
  if (kinds.length > 1) return join(left, right)
  if (only === 'list') return listOf(DYN)
  return only === 'string' ? STRING : only === 'double' ? DOUBLE : { kind: only }
}

/** A number in a claim is a double. CEL arithmetic needs two operands of one type. */
function adviseNumbers(left: Type, right: Type): string {
  const hasClaim = left.kind === 'json' || right.kind === 'json'
  if (!hasClaim) return 'both must have the same type'
  return 'a number in a claim is a double; write int(…) around the claim, or a number such as 1.0'
}
