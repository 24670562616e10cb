/** Identities by e-mail address or by an id that repeats: addresses are typed in, lent and reassigned. */
import type { Condition, Rule } from '../compiled.ts'
import {
  conditionsOn,
  type Found,
  isPositive,
  type LintedRule,
  placeOf,
  requires,
} from './check.ts'

const NAMES_OF_PEOPLE = ['preferred_username', 'unique_name', 'upn', 'mail']

/** LINT-21: an address counts only when it is verified, and only together with who holds it. */
export function findUnprovenEmail({ rule, issuer }: LintedRule): readonly Found[] {
  return rule.conditions.filter(isPositive).flatMap((condition) => {
    const name = condition.path.at(-1) ?? ''
    const isEmail = name === 'email'
    const isDirectory =
      issuer.profile.id === 'entra-id' && (isEmail || NAMES_OF_PEOPLE.includes(name))
    if (!isEmail && !isDirectory) return []
    const lacks = isDirectory ? 'a name that people can change' : findLack(rule, condition)
    if (lacks === undefined) return []
    return {
      severity: 'error',
      path: placeOf(condition),
      message: `${condition.claim} decides, with ${lacks}`,
      fix: 'Add email_verified: true and the sub, or use the sub alone.',
    }
  })
}

function findLack(rule: Rule, { path }: Condition): string | undefined {
  if (!requires(rule, [...path.slice(0, -1), 'email_verified'], true))
    return 'no proof that it is verified'
  const hasSubject = conditionsOn(rule, ['sub']).some(({ test }) => test.kind === 'any_of')
  return hasSubject ? undefined : 'nothing that stays when the address is given to somebody else'
}

const IDS_WITHIN_A_TENANT = ['oid', 'appid', 'azp']

/** LINT-22: application and object ids repeat across tenants; a service account's name can be made again. */
export function findIdWithoutTenant({ rule, issuer }: LintedRule): readonly Found[] {
  const { profile } = issuer
  if (profile.id === 'google-service-account') return findAccountByEmail(rule)
  // Where the profile knows the claims, the issuer's URL names the tenant.
  if (profile.claims !== null || conditionsOn(rule, ['tid']).some(isPositive)) return []
  if (!isDirectoryOfMany(issuer.url)) return []
  const condition = rule.conditions.find(
    (one) =>
      isPositive(one) && one.path.length === 1 && IDS_WITHIN_A_TENANT.includes(one.path[0] ?? ''),
  )
  if (condition === undefined) return []
  return [
    {
      severity: 'error',
      path: placeOf(condition),
      message: `${condition.claim} repeats across tenants, and no tenant is named`,
      fix: 'Add tid, or use the provider entra-id with the URL of the tenant.',
    },
  ]
}

/** An issuer whose URL does not hold a tenant's id. */
function isDirectoryOfMany(url: string): boolean {
  return !/[0-9a-f]{8}-[0-9a-f]{4}-/.test(url)
}

function findAccountByEmail(rule: Rule): readonly Found[] {
  const [email] = conditionsOn(rule, ['email']).filter(isPositive)
  const hasId = [['sub'], ['azp']].some((path) =>
    conditionsOn(rule, path).some(({ test }) => test.kind === 'any_of'),
  )
  if (email === undefined || hasId) return []
  return [
    {
      severity: 'error',
      path: placeOf(email),
      message: 'a service account of this name can be deleted and made again by somebody else',
      fix: "Pin sub, the account's unique number.",
    },
  ]
}
