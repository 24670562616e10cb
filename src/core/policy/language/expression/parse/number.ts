/** Reads the number literals of CEL: decimal and hexadecimal integers, and doubles. */
import { syntaxFaultAt } from '../fault.ts'
import type { Literal } from '../syntax.ts'
import { MAX_UINT, Uint } from '../values.ts'
import { matchAt } from './match.ts'

/** A literal and the index behind it. */
export type LiteralAt = { readonly value: Literal; readonly end: number }

const HEXADECIMAL = /0[xX]([0-9a-fA-F]*)/y
const DECIMAL = /[0-9]+(\.[0-9]+)?([eE][+-]?([0-9]*))?/y
const UNSIGNED = /[uU]/y

/** The number at an index, or undefined if there is none. @throws {ExpressionFault} */
export function readNumber(source: string, index: number): LiteralAt | undefined {
  const [hexadecimal, digits] = matchAt(HEXADECIMAL, source, index)
  if (hexadecimal !== undefined) {
    if (digits !== '') return readInteger(source, index, hexadecimal)
    throw syntaxFaultAt({ source, index }, `invalid hex integer: ${hexadecimal}`)
  }
  const [decimal, fraction, exponent, power] = matchAt(DECIMAL, source, index)
  if (decimal === undefined) return undefined
  const end = index + decimal.length
  if (power === '') throw syntaxFaultAt({ source, index: end }, 'invalid exponent')
  if (fraction === undefined && exponent === undefined) return readInteger(source, index, decimal)
  const value = Number(decimal)
  if (Number.isFinite(value)) return { value, end }
  throw syntaxFaultAt({ source, index }, `invalid number: ${decimal}`)
}

/** The check refuses an int beyond 64 bits, because the smallest int is a negated larger one. */
function readInteger(source: string, index: number, digits: string): LiteralAt {
  const end = index + digits.length
  const value = BigInt(digits)
  if (matchAt(UNSIGNED, source, end)[0] === undefined) return { value, end }
  if (value <= MAX_UINT) return { value: new Uint(value), end: end + 1 }
  throw syntaxFaultAt({ source, index }, `invalid integer: ${digits}`)
}
