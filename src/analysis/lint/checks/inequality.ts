/**
 * Exclusions in an expression. `when` excludes values of a claim that is one value; an expression
 * compares whatever is there, and a list that holds the excluded value is another value.
 */
import type { ClaimComparison } from '../../../core/policy/language/expression.ts'
import { claimOf, type Found, type LintedRule } from '../check.ts'
import { isExclusion } from '../expression-clauses.ts'

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
          ? `the comparison excludes one value of ${claim}, and a list that holds that value passes`
          : `the comparison excludes ${JSON.stringify(first)}, and a ${claim} that is a list such as ${values} passes`,
      fix: `Write ${claim}: { not: … } under when, which takes one value alone, or list the wanted values with in.`,
    }
  })
}

/** Within a loop an element is compared, and other operators do not take a list. */
function isOpen(comparison: ClaimComparison): boolean {
  const { operator, loop } = comparison
  const isEquality = operator === '==' || operator === '!=' || operator === 'in'
  if (!isEquality || loop !== undefined || comparison.isFolded) return false
  return isExclusion(comparison)
}
