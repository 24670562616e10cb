/**
 * The functions that an expression may call, apart from `has` and loops. Each is implemented here
 * as CEL and its string extension define it.
 */
import { foldCase } from '../fold-case.ts'
import { BOOL, DOUBLE, INT, type Kind, listOf, STRING, type Type } from './types.ts'
import { isList, isMap, memberNames, Uint, type Value } from './values.ts'

export type ExpressionFunction = {
  /** `f(x)`, `x.f()` or both. */
  readonly style: 'call' | 'method' | 'both'
  /**
   * The kinds that each operand may have. The first operand of a method is the value before the
   * dot.
   */
  readonly operands: readonly (readonly Kind[])[]
  /** The number of trailing operands that are optional. */
  readonly optional?: number
  readonly result: Type
  /** The operands have the kinds above. Returns undefined if the result is an error in CEL. */
  readonly run: (operands: readonly Value[]) => Value | undefined
  /** The operand at this index must be a literal, checked when the expression is compiled. */
  readonly literal?: {
    readonly index: number
    readonly problem: (text: string) => string | undefined
  }
}

const MAX_INT = 2n ** 63n - 1n
const MIN_INT = -(2n ** 63n)
/** The digits of the longest int, without leading zeros. */
const INT_DIGITS = 19

export const fitsInt = (value: bigint) => value >= MIN_INT && value <= MAX_INT

/** A test on two strings. */
const test = (run: (text: string, part: string) => boolean): ExpressionFunction => ({
  style: 'method',
  operands: [['string'], ['string']],
  result: BOOL,
  run: ([text, part]) => run(String(text), String(part)),
})

const change = (run: (text: string) => string): ExpressionFunction => ({
  style: 'method',
  operands: [['string']],
  result: STRING,
  run: ([text]) => run(String(text)),
})

const conversion = (
  kinds: readonly Kind[],
  result: Type,
  run: (value: Value) => Value | undefined,
): ExpressionFunction => ({
  style: 'call',
  operands: [kinds],
  result,
  run: ([value]) => (value === undefined ? undefined : run(value)),
})

const FUNCTIONS: Readonly<Record<string, ExpressionFunction>> = {
  size: {
    style: 'both',
    operands: [['string', 'list', 'map']],
    result: INT,
    run: ([value]) => sizeOf(value),
  },
  startsWith: test((text, part) => text.startsWith(part)),
  endsWith: test((text, part) => text.endsWith(part)),
  contains: test((text, part) => text.includes(part)),
  // Only ASCII folds. Otherwise the Kelvin sign would equal the letter k (RULE-09).
  lowerAscii: change(foldCase),
  upperAscii: change((text) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
  split: {
    style: 'method',
    operands: [['string'], ['string'], ['int']],
    optional: 1,
    result: listOf(STRING),
    run: ([text, separator, limit]) => split(String(text), String(separator), Number(limit ?? -1)),
  },
  join: {
    style: 'method',
    operands: [['list'], ['string']],
    optional: 1,
    result: STRING,
    run: ([list, separator]) => joinTexts(list, String(separator ?? '')),
  },
  extract: {
    style: 'method',
    operands: [['string'], ['string']],
    result: STRING,
    run: ([text, template]) => extract(String(text), String(template)),
    literal: {
      index: 1,
      problem: (text) =>
        TEMPLATE.test(text) ? undefined : 'the template of extract needs one {name} in braces',
    },
  },
  int: conversion(['int', 'uint', 'double', 'string'], INT, toInt),
  double: conversion(['int', 'uint', 'double', 'string'], DOUBLE, toDouble),
  string: conversion(['int', 'uint', 'double', 'string', 'bool'], STRING, toText),
  bool: conversion(['bool', 'string'], BOOL, toBool),
}

export const FUNCTION_NAMES: readonly string[] = Object.keys(FUNCTIONS)

export function findFunction(name: string): ExpressionFunction | undefined {
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
}

/** The number of code points of a text, elements of a list, or members of an object. */
function sizeOf(value: Value | undefined): Value | undefined {
  if (typeof value === 'string') return BigInt([...value].length)
  if (value === undefined || value === null) return undefined
  if (isList(value)) return BigInt(value.length)
  const names = isMap(value) ? memberNames(value) : undefined
  return names === undefined ? undefined : BigInt(names.length)
}

/**
 * Splits a text. The last part of a limited split keeps its separators. An empty separator splits
 * into characters.
 */
function split(text: string, separator: string, limit: number): readonly string[] {
  if (limit === 0) return []
  const parts = separator === '' ? [...text] : text.split(separator)
  if (limit < 0 || parts.length <= limit) return parts
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)]
}

function joinTexts(list: Value | undefined, separator: string): string | undefined {
  if (list === undefined || !isList(list)) return undefined
  return list.every((part) => typeof part === 'string') ? list.join(separator) : undefined
}

const TEMPLATE = /^([^{}]*)\{[A-Za-z_][A-Za-z0-9_]*\}([^{}]*)$/

/** The text between the first prefix and the next suffix, or an empty text if there is none. */
function extract(text: string, template: string): string {
  const [, prefix = '', suffix = ''] = TEMPLATE.exec(template) ?? []
  const at = text.indexOf(prefix)
  if (at < 0) return ''
  const rest = text.slice(at + prefix.length)
  const end = suffix === '' ? rest.length : rest.indexOf(suffix)
  return end < 0 ? '' : rest.slice(0, end)
}

function toInt(value: Value): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (value instanceof Uint) return fitsInt(value.value) ? value.value : undefined
  if (typeof value === 'number') {
    // CEL refuses both bounds, because doubles near them are not exact.
    return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : undefined
  }
  // Zeros and digits in one pattern would take quadratic time.
  const [, sign, digits] = /^([+-]?)([0-9]+)$/.exec(String(value)) ?? []
  if (digits === undefined || digits.replace(/^0+/, '').length > INT_DIGITS) return undefined
  const int = BigInt(digits) * (sign === '-' ? -1n : 1n)
  return fitsInt(int) ? int : undefined
}

const DECIMAL = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const INFINITE = /^([+-]?)inf(?:inity)?$/i

function toDouble(value: Value): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Uint) return Number(value.value)
  const text = String(value)
  const infinite = INFINITE.exec(text)
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity
  if (/^nan$/i.test(text)) return Number.NaN
  const double = DECIMAL.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(double) ? double : undefined
}

function toText(value: Value): string {
  if (value instanceof Uint) return String(value.value)
  if (Object.is(value, -0)) return '-0'
  return value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value)
}

const TRUE = new Set(['1', 't', 'true', 'TRUE', 'True'])
const FALSE = new Set(['0', 'f', 'false', 'FALSE', 'False'])

function toBool(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (TRUE.has(String(value))) return true
  return FALSE.has(String(value)) ? false : undefined
}
