/**
 * The types of an expression that are known before it runs. `json` is a claim: a string, a double,
 * a bool, a list or an object, but never an integer. `dyn` can be any type.
 */
import { isList, isMap, Uint, type Value } from './values.ts'

export type Kind = 'string' | 'bool' | 'int' | 'uint' | 'double' | 'null' | 'list' | 'map'

export type Type =
  | { readonly kind: Exclude<Kind, 'list'> | 'json' | 'dyn' | 'request' }
  | { readonly kind: 'list'; readonly element: Type }

const simple = <K extends Exclude<Type['kind'], 'list'>>(kind: K) => Object.freeze({ kind })

export const STRING = simple('string')
export const BOOL = simple('bool')
export const INT = simple('int')
export const UINT = simple('uint')
export const DOUBLE = simple('double')
export const NULL = simple('null')
export const MAP = simple('map')
export const JSON_VALUE = simple('json')
export const DYN = simple('dyn')
export const REQUEST = simple('request')

export const listOf = (element: Type): Type => ({ kind: 'list', element })

/** The types that a claim can have. */
const JSON_KINDS: ReadonlySet<string> = new Set(['string', 'bool', 'double', 'list', 'map'])
export const NUMBERS: ReadonlySet<string> = new Set(['int', 'uint', 'double'])

/** Whether a value of this type can be of that kind at run time. */
export function mayBe({ kind }: Type, wanted: Kind): boolean {
  return kind === wanted || kind === 'dyn' || (kind === 'json' && JSON_KINDS.has(wanted))
}

/** Whether values of the two types can be equal. CEL refuses to compare any others. */
export function areComparable(a: Type, b: Type): boolean {
  if (a.kind === 'list' && b.kind === 'list') return areComparable(a.element, b.element)
  return a.kind === b.kind ? a.kind !== 'request' : isOpen(a, b) || isOpen(b, a)
}

/** A claim can be compared with numbers of every type and with null, as in CEL. */
const isOpen = ({ kind }: Type, other: Type) =>
  (kind === 'dyn' || kind === 'json') && other.kind !== 'request'

/** The common type of two possible results. */
export function join(a: Type, b: Type): Type {
  if (a.kind === 'list' && b.kind === 'list') return listOf(join(a.element, b.element))
  if (a.kind === b.kind) return a
  return isJson(a) && isJson(b) ? JSON_VALUE : DYN
}

function isJson(type: Type): boolean {
  if (type.kind === 'list') return isJson(type.element)
  return type.kind === 'json' || JSON_KINDS.has(type.kind)
}

export function describeType(type: Type): string {
  if (type.kind === 'json') return 'claim'
  if (type.kind === 'map') return 'object'
  return type.kind === 'list' ? `list of ${describeType(type.element)}` : type.kind
}

export function kindOf(value: Value): Kind {
  if (isList(value)) return 'list'
  if (isMap(value)) return 'map'
  if (value instanceof Uint) return 'uint'
  if (value === null) return 'null'
  if (typeof value === 'bigint') return 'int'
  return typeof value === 'number' ? 'double' : typeof value === 'boolean' ? 'bool' : 'string'
}
