/** What a rule gives, for how long, and who answers for it. */
import { type Found, type LintedRule, wildcardOf } from '../check.ts'

const HOUR_SECONDS = 3600

/** LINT-32: rights without bounds, or long ones for holders that a wildcard names. */
export function findWideGrants({ view, grant }: LintedRule): readonly Found[] {
  const wide = grant.scopes.flatMap((scope, index) => {
    if (
      !/\*|(?:^|[:./_-])(?:admin|administrator|root|superuser)$|^(?:admin|root)[:./]/i.test(scope)
    )
      return []
    return {
      severity: 'error' as const,
      path: ['grant', 'scopes', index],
      message: `${scope} is the right to everything`,
      fix: 'Grant the scopes that the job needs.',
    }
  })
  const wildcard = view.clauses.find((condition) => wildcardOf(condition) !== undefined)
  if (grant.lifetimeSeconds <= HOUR_SECONDS || wildcard === undefined) return wide
  return [
    ...wide,
    {
      severity: 'error',
      path: ['grant', 'lifetime'],
      message: `a token of more than an hour goes to whoever "${wildcardOf(wildcard)}" matches`,
      fix: 'Shorten the lifetime, or name the holder.',
    },
  ]
}

const YEAR_SECONDS = 366 * 24 * 3600

/** LINT-35: a rule that nobody looks after outlives what it was for. */
export function findUntended({ rule, at }: LintedRule): readonly Found[] {
  const found: Found[] = []
  if (rule.description === undefined) {
    found.push({
      severity: 'info',
      path: [],
      message: 'the rule does not say what it is for',
      fix: 'Add a description.',
    })
  }
  if (at === undefined) return found
  if (rule.expiresAt <= at) {
    found.push({
      severity: 'warn',
      path: ['expires'],
      message: 'the rule has ended and allows nothing',
      fix: 'Renew it, or remove it.',
    })
  } else if (rule.expiresAt > at + YEAR_SECONDS) {
    found.push({
      severity: 'warn',
      path: ['expires'],
      message: 'nobody has to look at this rule for more than a year',
      fix: 'Let it end within a year; its owner renews it.',
    })
  }
  return found
}
