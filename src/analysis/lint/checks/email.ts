/**
 * Checks of identities by email address, by a name that people can change, or by an id that is not
 * unique. They apply to conditions, expressions and the subject of the issued token.
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

/** OpenID Connect Core §5.7: these claims must not be used as an identity. */
const NAMES_OF_PEOPLE = [
  'preferred_username',
  'unique_name',
  'upn',
  'mail',
  'nickname',
  'phone_number',
]

/** LINT-21: an email address is an identity only if it is verified and combined with a permanent id. */
export function findUnprovenEmail({ view, issuer }: LintedRule): readonly Found[] {
  const { profile } = issuer
  const compared = view.clauses.filter(isPositive).flatMap((clause) => {
    const lacks = findLack(view, clause.path, profile)
    return lacks === undefined
      ? []
      : unproven(clause, `${clause.claim} is an identity with ${lacks}`)
  })
  const used = view.uses.flatMap((use) => {
    const lacks = findLack(view, use.path, profile)
    return lacks === undefined ? [] : findUnprovenUse(use, lacks)
  })
  return [...compared, ...used]
}

function unproven({ place }: Pick<Clause, 'place'>, message: string): Found {
  const fix = 'Add email_verified: true and sub, or use only sub.'
  return { severity: 'error', path: place, message, fix }
}

/** The subject is an identity. Other claims of the issued token are only information for the API. */
function findUnprovenUse({ path, place, target }: TemplateUse, lacks: Lack): readonly Found[] {
  const claim = path.join('.')
  if (target === undefined) {
    return [unproven({ place }, `the subject contains ${claim}, with ${lacks}`)]
  }
  if (lacks !== UNVERIFIED) return []
  const found = unproven({ place }, `the claim ${target} contains ${claim}, with ${lacks}`)
  return [{ ...found, severity: 'warn' }]
}

const UNVERIFIED = 'no condition that it is verified'
const CHANGEABLE = 'a name that people can change'
const PASSED_ON = 'no permanent id, although the address can pass to another owner'
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
  // If the profile does not list claims, these have the meaning of the standard.
  const isStandard = profile.claims === null && path.length === 1
  return isStandard && !hasSubject && NAMES_OF_PEOPLE.includes(name) ? CHANGEABLE : undefined
}

const IDS_WITHIN_A_TENANT = ['oid', 'appid', 'azp']

/**
 * LINT-22: application and object ids are not unique across tenants. A service account's name can
 * be reused.
 */
export function findIdWithoutTenant({ view, issuer }: LintedRule): readonly Found[] {
  const { profile } = issuer
  if (profile.emailIs === 'reusable') return findAccountByEmail(view)
  // If the profile lists the claims, the issuer URL names the tenant.
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
          message: `${one.path.join('.')} is not unique across tenants, and the rule names no tenant`,
          fix: 'Add tid, or use the provider entra-id with the URL of the tenant.',
        },
  )
}

/** Whether the issuer URL contains no tenant id. */
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
          message:
            'a service account with this name can be deleted and created again by another owner',
          fix: 'Pin sub, the unique number of the account.',
        },
  )
}
