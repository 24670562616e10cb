/**
 * Converts a comparison of an expression to the equivalent test of `when`. For example, `startsWith`
 * becomes a pattern with stars at its end. A comparison without an equivalent becomes opaque.
 */
import type { Primitive, Test } from '../../../core/policy/compile/compiled.ts'
import type { ClaimComparison } from '../../../core/policy/language/expression.ts'
import { foldCase } from '../../../core/policy/language/fold-case.ts'

/** A comparison that lint does not evaluate. It neither pins nor excludes a value. */
export type Opaque = {
  readonly kind: 'opaque'
  readonly texts: readonly string[]
  readonly isNegated: boolean
}

export function clauseOf(comparison: ClaimComparison): {
  readonly test: Test | Opaque
  readonly foldsCase: boolean
} {
  const { isFolded, values } = comparison
  const compared = isFolded ? values.map(fold) : values
  return { test: testOf({ ...comparison, values: compared }), foldsCase: isFolded }
}

const fold = (value: Primitive) => (typeof value === 'string' ? foldCase(value) : value)

function testOf(comparison: ClaimComparison): Test | Opaque {
  const { operator, values, loop, isComplete } = comparison
  const isNegated = isExclusion(comparison)
  const opaque: Opaque = { kind: 'opaque', texts: values.map(String), isNegated }
  if (operator === 'has') return { kind: 'exists', wanted: !isNegated }
  if (!isComplete || values.length === 0) return opaque
  switch (operator) {
    case '==':
    case '!=':
    case 'in':
      if (isNegated) return { kind: 'none_of', values }
      // In a loop, the comparison is with an element of a list.
      return { kind: loop === undefined ? 'any_of' : 'contains', values }
    case 'includes':
      return isNegated ? opaque : { kind: 'contains', values }
    case 'startsWith':
      return isNegated ? opaque : glob(`${values[0]}**`)
    case 'endsWith':
      return isNegated ? opaque : glob(`**${values[0]}`)
    case 'contains':
      return isNegated ? opaque : glob(`**${values[0]}**`)
  }
}

/** Whether the comparison excludes values. If it occurs both plain and negated, it does not. */
export function isExclusion({ operator, isNegated }: ClaimComparison): boolean {
  return (operator === '!=') !== (isNegated === true)
}

/** A star in the text counts as a wildcard, so the pattern may only match more. */
function glob(source: string): Test {
  return { kind: 'glob', pattern: { source, prefix: source.slice(0, source.indexOf('*')) } }
}
