/**
 * What a comparison of an expression says, as a condition under `when` would say it: `startsWith`
 * is a pattern with stars at its end. What no condition can say stays opaque, with its texts.
 */
import type { Primitive, Test } from '../../core/policy/compile/compiled.ts'
import type { ClaimComparison } from '../../core/policy/language/expression.ts'
import { foldCase } from '../../core/policy/language/fold-case.ts'

/** A comparison whose outcome is not followed: it neither pins nor excludes a value. */
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
      // One element of a list, or a text.
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

/** Where a comparison counts both ways, it may be the one that lets somebody in. */
export function isExclusion({ operator, isNegated }: ClaimComparison): boolean {
  return (operator === '!=') !== (isNegated === true)
}

/** A star in the text itself reads as a star: that only widens what the pattern takes. */
function glob(source: string): Test {
  return { kind: 'glob', pattern: { source, prefix: source.slice(0, source.indexOf('*')) } }
}
