/**
 * The operators of CEL: equality across types, numeric comparison, and arithmetic within one type
 * and its bounds. `undefined` stands for an error of CEL: the result is unknown.
 */
import { fitsInt } from './functions.ts'
import {
  hasMember,
  isList,
  isMap,
  MAX_UINT,
  memberNames,
  readMember,
  Uint,
  type Value,
  type Work,
} from './values.ts'

/** Compares two values. Different types are unequal, but numbers are equal by value whatever their type. */
export function equals(a: Value, b: Value, work: Work): boolean | undefined {
  work.steps += 1
  const [left, right] = [numberOf(a), numberOf(b)]
  // A bigint and a number are compared exactly by the language; NaN equals nothing.
  // biome-ignore lint/suspicious/noDoubleEquals: `===` is false for 1n and 1
  if (left !== undefined && right !== undefined) return left == right
  if (isList(a) && isList(b)) {
    if (a.length !== b.length) return false
    return every(a, (element, index) => equalsOrUnknown(element, b[index], work))
  }
  if (isMap(a) && isMap(b)) {
    const [names, others] = [memberNames(a), memberNames(b)]
    if (names === undefined || others === undefined) return undefined
    if (names.length !== others.length) return false
    return every(names, (name) =>
      hasMember(b, name)
        ? equalsOrUnknown(readMember(a, name, work), readMember(b, name, work), work)
        : false,
    )
  }
  return a === b
}

function equalsOrUnknown(
  a: Value | undefined,
  b: Value | undefined,
  work: Work,
): boolean | undefined {
  return a === undefined || b === undefined ? undefined : equals(a, b, work)
}

/** False if one is false, unknown if one is unknown, otherwise true. */
function every<T>(
  items: readonly T[],
  holds: (item: T, index: number) => boolean | undefined,
): boolean | undefined {
  let outcome: boolean | undefined = true
  for (const [index, item] of items.entries()) {
    const one = holds(item, index)
    if (one === false) return false
    outcome = one === undefined ? undefined : outcome
  }
  return outcome
}

/** `a in b`: whether `b` has the element or the member `a`. */
export function isIn(value: Value, holder: Value, work: Work): boolean | undefined {
  if (isMap(holder)) {
    if (typeof value !== 'string' || !hasMember(holder, value)) return false
    return readMember(holder, value, work) === undefined ? undefined : true
  }
  if (!isList(holder)) return undefined
  const isOther = every(holder, (element) => negate(equals(value, element, work)))
  return negate(isOther)
}

export function negate(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value
}

/** Negative, zero or positive; undefined if the two have no order. */
export function compare(a: Value, b: Value): number | undefined {
  const [left, right] = [numberOf(a), numberOf(b)]
  if (left !== undefined && right !== undefined) return compareNumbers(left, right)
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b)
  return typeof a === 'boolean' && typeof b === 'boolean' ? Number(a) - Number(b) : undefined
}

/** The order of two numbers, or NaN if one of them is NaN. */
function compareNumbers(a: bigint | number, b: bigint | number): number {
  if (a < b) return -1
  if (a > b) return 1
  // biome-ignore lint/suspicious/noDoubleEquals: `===` is false for 1n and 1
  return a == b ? 0 : Number.NaN
}

function numberOf(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value
  return value instanceof Uint ? value.value : undefined
}

/** Compares by code points, as CEL does. UTF-16 units have another order beyond the first plane. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index += 1) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)]
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** Maps surrogate units above all other units, because they encode the highest code points. */
const rank = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'

/** Arithmetic on two values of one type. Nothing is converted. */
export function calculate(operator: ArithmeticOperator, a: Value, b: Value): Value | undefined {
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    const result = calculateIntegers(operator, a, b)
    return result !== undefined && fitsInt(result) ? result : undefined
  }
  if (a instanceof Uint && b instanceof Uint) {
    const result = calculateIntegers(operator, a.value, b.value)
    const fits = result !== undefined && result >= 0n && result <= MAX_UINT
    return fits ? new Uint(result) : undefined
  }
  if (typeof a === 'number' && typeof b === 'number') return calculateDoubles(operator, a, b)
  if (operator !== '+') return undefined
  if (typeof a === 'string' && typeof b === 'string') return a + b
  return isList(a) && isList(b) ? [...a, ...b] : undefined
}

function calculateIntegers(operator: ArithmeticOperator, a: bigint, b: bigint): bigint | undefined {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return b === 0n ? undefined : a / b
    case '%':
      return b === 0n ? undefined : a % b
  }
}

function calculateDoubles(operator: ArithmeticOperator, a: number, b: number): number | undefined {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '%':
      return undefined
  }
}

export function minus(value: Value): Value | undefined {
  if (typeof value === 'number') return -value
  return typeof value === 'bigint' && fitsInt(-value) ? -value : undefined
}
