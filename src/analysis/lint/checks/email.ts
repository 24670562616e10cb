/**
 * Identities by e-mail address, by a name that people change, or by an id that repeats. It does not
 * matter whether a condition, an expression or the subject of the issued token is made of it.
 */
import type { ProviderProfile } from '../../../core/providers/profile.ts'
import {
  type Found,
  isHeld,
  isPositive,
  type LintedRule,
  mentionsOf,
  requiredOn,
  requires,
} from '../check.ts'
import type { Clause, RuleView, TemplateUse } from '../view.ts'

/** OpenID Connect Core §5.7: none of these may be used as an identity. */
const NAMES_OF_PEOPLE = [
  'preferred_username',
  'unique_name',
  'upn',
  'mail',
  'nickname',
  'phone_number',
]

/** LINT-21: an address counts only when it is verified, and only together with who holds it. */
export function findUnprovenEmail({ view, issuer }: LintedRule): readonly Found[] {
  const { profile } = issuer
  const compared = view.clauses.filter(isPositive).flatMap((clause) => {
    const lacks = findLack(view, clause.path, profile)
    return lacks === undefined ? [] : unproven(clause, `${clause.claim} decides, with ${lacks}`)
  })
  const used = view.uses.flatMap((use) => {
    const lacks = findLack(view, use.path, profile)
    return lacks === undefined ? [] : findUnprovenUse(use, lacks)
  })
  return [...compared, ...used]
}

function unproven({ place }: Pick<Clause, 'place'>, message: string): Found {
  const fix = 'Add email_verified: true and the sub, or use the sub alone.'
  return { severity: 'error', path: place, message, fix }
}

/** A further claim of the issued token is told to the API as it is; the subject is an identity. */
function findUnprovenUse({ path, place, target }: TemplateUse, lacks: Lack): readonly Found[] {
  const claim = path.join('.')
  if (target === undefined) {
    return [unproven({ place }, `the subject is made of ${claim}, with ${lacks}`)]
  }
  if (lacks !== UNVERIFIED) return []
  const found = unproven({ place }, `the claim ${target} is made of ${claim}, with ${lacks}`)
  return [{ ...found, severity: 'warn' }]
}

const UNVERIFIED = 'no proof that it is verified'
const CHANGEABLE = 'a name that people can change'
const PASSED_ON = 'nothing that stays when the address is given to somebody else'
type Lack = typeof UNVERIFIED | typeof CHANGEABLE | typeof PASSED_ON

function findLack(
  view: RuleView,
  path: readonly string[],
  profile: ProviderProfile,
): Lack | undefined {
  const name = path.at(-1) ?? ''
  const isEmail = name === 'email'
  if (profile.emailIs === 'changeable' && (isEmail || NAMES_OF_PEOPLE.includes(name)))
    return CHANGEABLE
  const hasSubject = isHeld(view, ['sub'])
  if (isEmail) {
    if (!requires(view, [...path.slice(0, -1), 'email_verified'], true)) return UNVERIFIED
    return hasSubject ? undefined : PASSED_ON
  }
  // Where the profile does not know the claims, these have the meaning that the standard gives.
  const isStandard = profile.claims === null && path.length === 1
  return isStandard && !hasSubject && NAMES_OF_PEOPLE.includes(name) ? CHANGEABLE : undefined
}

const IDS_WITHIN_A_TENANT = ['oid', 'appid', 'azp']

/** LINT-22: application and object ids repeat across tenants; a service account's name can be made again. */
export function findIdWithoutTenant({ view, issuer }: LintedRule): readonly Found[] {
  const { profile } = issuer
  if (profile.emailIs === 'reusable') return findAccountByEmail(view)
  // Where the profile knows the claims, the issuer's URL names the tenant.
  if (profile.claims !== null || requiredOn(view, ['tid']).some(isPositive)) return []
  if (!isDirectoryOfMany(issuer.url)) return []
  const isRepeated = (path: readonly string[]) =>
    path.length === 1 && IDS_WITHIN_A_TENANT.includes(path[0] ?? '')
  const clause = view.clauses.find((one) => isPositive(one) && isRepeated(one.path))
  const use = view.uses.find(({ path, target }) => target === undefined && isRepeated(path))
  return [clause, use].flatMap((one) =>
    one === undefined
      ? []
      : {
          severity: 'error' as const,
          path: one.place,
          message: `${one.path.join('.')} repeats across tenants, and no tenant is named`,
          fix: 'Add tid, or use the provider entra-id with the URL of the tenant.',
        },
  )
}

/** An issuer whose URL does not hold a tenant's id. */
function isDirectoryOfMany(url: string): boolean {
  return !/[0-9a-f]{8}-[0-9a-f]{4}-/.test(url)
}

function findAccountByEmail(view: RuleView): readonly Found[] {
  if ([['sub'], ['azp']].some((path) => isHeld(view, path))) return []
  const email = mentionsOf(view, ['email']).find(isPositive)
  const use = view.uses.find(({ path, target }) => target === undefined && path[0] === 'email')
  return [email, use].flatMap((one) =>
    one === undefined
      ? []
      : {
          severity: 'error' as const,
          path: one.place,
          message: 'a service account of this name can be deleted and made again by somebody else',
          fix: "Pin sub, the account's unique number.",
        },
  )
}
