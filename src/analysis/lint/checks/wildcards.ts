/**
 * Checks of stars that match more than intended: in place of the owner, within a name, or alone. Also
 * of values that look like regular expressions, which the language does not have.
 */

import { samePath } from '../../../core/policy/language/claim-path.ts'
import type { ProviderProfile } from '../../../core/providers/profile.ts'
import { type Found, type LintedRule, namesHolder, textsOf, wildcardOf } from '../check.ts'
import type { Clause } from '../view.ts'

/** LINT-02: anyone can register an owner name that matches the star. */
export function findOpenOwner({ view, issuer }: LintedRule): readonly Found[] {
  const { profile } = issuer
  return view.clauses.flatMap((condition) => {
    const pattern = wildcardOf(condition)
    if (pattern === undefined || isOnlyStars(pattern)) return []
    if (!isOwnerOpen(condition, pattern, profile)) return []
    return {
      severity: 'error',
      path: condition.place,
      message: `"${pattern}" does not name the owner: anyone can register a name that matches`,
      fix: 'Name the owner, and pin its id if the platform has one.',
    }
  })
}

function isOwnerOpen(condition: Clause, pattern: string, profile: ProviderProfile): boolean {
  const { path } = condition
  const prefix = pattern.slice(0, pattern.indexOf('*'))
  if (samePath(path, ['sub']) && profile.tenantSubject !== undefined) {
    return !profile.tenantSubject.test(pattern)
  }
  if (profile.tenancy !== 'shared' && profile.tenantSubject === undefined) return false
  const namesFile = profile.names.workflow !== undefined && samePath(path, profile.names.workflow)
  if (!namesFile && !namesHolder(profile, path)) return false
  return !/[^/:]\//.test(prefix)
}

/**
 * LINT-03: a star within a name matches every longer name. Branches are not checked, because a person
 * who can push `release-1` can also push `release-2`.
 */
export function findOpenName({ view, issuer }: LintedRule): readonly Found[] {
  return view.clauses.flatMap((condition) => {
    const pattern = wildcardOf(condition)
    if (pattern === undefined || isRef(condition, issuer.profile)) return []
    const open = /[^*/:@.]\*/.exec(pattern.split(/refs\/|:ref:|:ref_type:/)[0] ?? '')
    if (open === null) return []
    const name = pattern.slice(0, open.index + 1)
    return {
      severity: 'error',
      path: condition.place,
      message: `"${pattern}" also matches every longer name, such as "${name}-evil"`,
      fix: 'Use the star for a whole segment, after "/" or ":", or list the names.',
    }
  })
}

function isRef({ path }: Clause, { names }: ProviderProfile): boolean {
  return (
    (names.ref !== undefined && samePath(path, names.ref)) || /(^|[_-])ref$/.test(path.at(-1) ?? '')
  )
}

/** LINT-04: a pattern that has only stars matches everything. */
export function findEmptyPattern({ view }: LintedRule): readonly Found[] {
  return view.clauses.flatMap((condition) => {
    const pattern = wildcardOf(condition)
    if (pattern === undefined || !isOnlyStars(pattern)) return []
    return {
      severity: 'error',
      path: condition.place,
      message: `"${pattern}" matches every value, so it is not a condition`,
      fix: 'List the values, or write exists: true if the claim only has to be present.',
    }
  })
}

function isOnlyStars(pattern: string): boolean {
  return /^[*/:]*$/.test(pattern)
}

/** Anchors, `.*`, escapes, groups with alternatives, and character classes. */
const LIKE_A_REGULAR_EXPRESSION = /^\^|\$$|\.\*|\\|\([^()]*\|[^()]*\)|\[[^\]]*\][*+?]/

/**
 * One character, alternatives and character classes of a shell or of `.gitignore`. Not parts of names
 * such as `[bot]` and `[e-mail]`: only ranges and signs make a class.
 */
const LIKE_A_SHELL_PATTERN =
  /\?(?![\w.~-]+=)|\{[^{}]*,[^{}]*\}|\[![^\]]|\[[^a-z\d\]]*[a-z\d]-[a-z\d](?:[a-z\d]-[a-z\d]|[^a-z\d\]])*\]/i

/** LINT-05: the language has no regular expressions, so such a value has another meaning. */
export function findRegularExpression({ view }: LintedRule): readonly Found[] {
  return view.clauses.flatMap((condition) => {
    const text = textsOf(condition).find((one) => LIKE_A_REGULAR_EXPRESSION.test(one))
    if (text === undefined) return findShellPattern(condition)
    return {
      severity: 'error',
      path: condition.place,
      message: `"${text}" looks like a regular expression, but is compared literally`,
      fix: 'List the values, or use a glob, which always matches the whole value.',
    }
  })
}

function findShellPattern({ test, place }: Clause): readonly Found[] {
  // `startsWith` and the like compare a text as it is, and only look like globs here.
  const isGlob = test.kind === 'glob' && place[0] === 'when'
  if (!isGlob || !LIKE_A_SHELL_PATTERN.test(test.pattern.source)) return []
  return [
    {
      severity: 'error',
      path: place,
      message: `"${test.pattern.source}" looks like a pattern of a shell, but in a glob only stars are wildcards`,
      fix: 'List the values, or use a star for the part that differs.',
    },
  ]
}
