/**
 * Stars that match more than their author sees: before the owner, in the middle of a name, or
 * everything; and values that read like regular expressions, which this language does not have.
 */

import { samePath } from '../../../core/policy/language/claim-path.ts'
import type { ProviderProfile } from '../../../core/providers/profile.ts'
import { type Found, type LintedRule, namesHolder, textsOf, wildcardOf } from '../check.ts'
import type { Clause } from '../view.ts'

/** LINT-02: anybody can register a name that the star before or in the owner's place matches. */
export function findOpenOwner({ view, issuer }: LintedRule): readonly Found[] {
  const { profile } = issuer
  return view.clauses.flatMap((condition) => {
    const pattern = wildcardOf(condition)
    if (pattern === undefined || isOnlyStars(pattern)) return []
    if (!isOwnerOpen(condition, pattern, profile)) return []
    return {
      severity: 'error',
      path: condition.place,
      message: `"${pattern}" leaves the owner open: anybody can register a name that it matches`,
      fix: 'Write the owner out, and pin its id where the platform has one.',
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
 * LINT-03: a star within a name matches every name that begins alike. Branches are left out: who
 * may push `release-1` may push `release-2`.
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
      fix: 'Let the star stand for a whole segment, after "/" or ":", or list the names.',
    }
  })
}

function isRef({ path }: Clause, { names }: ProviderProfile): boolean {
  return (
    (names.ref !== undefined && samePath(path, names.ref)) || /(^|[_-])ref$/.test(path.at(-1) ?? '')
  )
}

/** LINT-04: a pattern of stars alone says nothing. */
export function findEmptyPattern({ view }: LintedRule): readonly Found[] {
  return view.clauses.flatMap((condition) => {
    const pattern = wildcardOf(condition)
    if (pattern === undefined || !isOnlyStars(pattern)) return []
    return {
      severity: 'error',
      path: condition.place,
      message: `"${pattern}" matches every value: it is no condition`,
      fix: 'Name the values, or write exists: true if it is enough that the claim is there.',
    }
  })
}

function isOnlyStars(pattern: string): boolean {
  return /^[*/:]*$/.test(pattern)
}

/** Anchors, `.*`, escapes, groups with alternatives, classes. */
const LIKE_A_REGULAR_EXPRESSION = /^\^|\$$|\.\*|\\|\([^()]*\|[^()]*\)|\[[^\]]*\][*+?]/

/** LINT-05: there are no regular expressions here, so what reads like one means something else. */
export function findRegularExpression({ view }: LintedRule): readonly Found[] {
  return view.clauses.flatMap((condition) => {
    const text = textsOf(condition).find((one) => LIKE_A_REGULAR_EXPRESSION.test(one))
    if (text === undefined) return []
    return {
      severity: 'error',
      path: condition.place,
      message: `"${text}" reads like a regular expression, but is compared as it stands`,
      fix: 'List the values, or use a glob: it is anchored at both ends.',
    }
  })
}
