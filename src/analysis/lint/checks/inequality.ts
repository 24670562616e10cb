/**
 * Checks of exclusions in an expression. An exclusion in `when` matches only a single value. In an
 * expression, a list that contains the excluded value is unequal to it and passes.
 */
import type { ClaimComparison } from '../../../core/policy/language/expression.ts'
import { claimOf, type Found, type LintedRule } from '../check.ts'
import { isExclusion } from '../expressions/clauses.ts'

/** LINT-39: `claims.r != "evil"` holds for `["evil"]`. */
export function findOpenInequality({ view, issuer }: LintedRule): readonly Found[] {
  return (view.reading?.comparisons ?? []).filter(isOpen).flatMap((comparison) => {
    const types: readonly string[] = claimOf(issuer.profile, comparison.path)?.types ?? ['any']
    if (!types.some((type) => type === 'any' || type === 'array' || type === 'object')) return []
    const claim = comparison.path.join('.')
    const values = JSON.stringify(comparison.values)
    const [first] = comparison.values
    return {
      severity: 'warn' as const,
      path: ['condition'],
      message:
        first === undefined
          ? `the comparison excludes one value of ${claim}, but a list with that value passes`
          : `the comparison excludes ${JSON.stringify(first)}, but a list such as ${values} in ${claim} passes`,
      fix: `Write ${claim}: { not: … } under when, which does not accept a list, or list the wanted values with in.`,
    }
  })
}

/** A comparison in a loop compares elements, and other operators do not accept a list. */
function isOpen(comparison: ClaimComparison): boolean {
  const { operator, loop } = comparison
  const isEquality = operator === '==' || operator === '!=' || operator === 'in'
  if (!isEquality || loop !== undefined || comparison.isFolded) return false
  return isExclusion(comparison)
}
