/** Checks of the scopes, the lifetime, the description and the expiry of a rule. */
import { type Found, type LintedRule, wildcardOf } from '../check.ts'

const HOUR_SECONDS = 3600

/** LINT-32: unlimited scopes, or a long lifetime for holders that a wildcard matches. */
export function findWideGrants({ view, grant }: LintedRule): readonly Found[] {
  const wide = grant.scopes.flatMap((scope, index) => {
    if (
      !/\*|(?:^|[:./_-])(?:admin|administrator|root|superuser)$|^(?:admin|root)[:./]/i.test(scope)
    )
      return []
    return {
      severity: 'error' as const,
      path: ['grant', 'scopes', index],
      message: `${scope} grants access to everything`,
      fix: 'Grant only the scopes that the job needs.',
    }
  })
  const wildcard = view.clauses.find((condition) => wildcardOf(condition) !== undefined)
  if (grant.lifetimeSeconds <= HOUR_SECONDS || wildcard === undefined) return wide
  return [
    ...wide,
    {
      severity: 'error',
      path: ['grant', 'lifetime'],
      message: `every holder that "${wildcardOf(wildcard)}" matches gets a token for more than an hour`,
      fix: 'Shorten the lifetime, or name the holder exactly.',
    },
  ]
}

const YEAR_SECONDS = 366 * 24 * 3600

/** LINT-35: a rule without review can outlive its purpose. */
export function findUntended({ rule, at }: LintedRule): readonly Found[] {
  const found: Found[] = []
  if (rule.description === undefined) {
    found.push({
      severity: 'info',
      path: [],
      message: 'the rule has no description',
      fix: 'Describe the purpose of the rule.',
    })
  }
  if (at === undefined) return found
  if (rule.expiresAt <= at) {
    found.push({
      severity: 'warn',
      path: ['expires'],
      message: 'the rule has expired and grants nothing',
      fix: 'Renew it, or remove it.',
    })
  } else if (rule.expiresAt > at + YEAR_SECONDS) {
    found.push({
      severity: 'warn',
      path: ['expires'],
      message: 'the rule needs no review for more than a year',
      fix: 'Set an expiry within a year, which the owner can extend.',
    })
  }
  return found
}
