/**
 * Values that the platform never sends. A rule with one matches nothing, until somebody widens it;
 * an exclusion of one excludes nobody; and a rule that denies by one refuses nobody.
 */
import { MAX_CLAIM_CHARACTERS } from '../../../core/limits.ts'
import type { TrustedIssuer } from '../../../core/policy/compile/compiled.ts'
import { resolveClaim } from '../../../core/policy/language/claim-path.ts'
import type { ClaimComparison } from '../../../core/policy/language/expression.ts'
import type { ProviderProfile } from '../../../core/providers/profile.ts'
import { findReference } from '../../../core/providers/references.ts'
import { type AnyRule, claimOf, type Found } from '../check.ts'
import { isExclusion } from '../expression-clauses.ts'
import { findMismatch } from '../fits-shape.ts'
import type { Clause, RuleView } from '../view.ts'

const CONDITION = ['condition']
/** Names in one path; longer ones cannot be written under `when`. */
const MAX_PATH = 8

/** LINT-37, one finding for each value that cannot be. */
export function findUnreachable({ rule, issuer, view }: AnyRule): readonly Found[] {
  const denies = rule.grant === undefined
  const { profile } = issuer
  return [
    ...view.clauses.flatMap((clause) => findValues(clause, profile, denies)),
    ...findFolded(view),
    ...findUnknownClaims(view, profile),
  ]
}

function findValues(clause: Clause, profile: ProviderProfile, denies: boolean): readonly Found[] {
  const { claim, path, test, place, foldsCase } = clause
  const shape = findReference(profile.id)?.shapes?.[path.join('.')]
  return statedTexts(clause).flatMap((text) => {
    const fault =
      findFault(text, test.kind === 'any_of') ??
      (shape === undefined || text === ''
        ? undefined
        : describeMismatch(findMismatch(shape, text, foldsCase)))
    if (fault === undefined) return []
    const isExcluded = test.kind === 'none_of'
    const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
    const effect = isExcluded ? ', so it excludes nobody' : denies ? ', so this refuses nobody' : ''
    return {
      severity: isExcluded || denies ? ('error' as const) : ('warn' as const),
      path: place,
      message: `${shown} never occurs as ${claim}: ${fault}${effect}`,
      fix: 'Write the value exactly as it stands in a token.',
    }
  })
}

/** The texts a clause compares with, also those that it excludes. */
function statedTexts({ test }: Clause): readonly string[] {
  switch (test.kind) {
    case 'any_of':
    case 'none_of':
    case 'contains':
      return test.values.filter((value) => typeof value === 'string')
    case 'glob':
      return [test.pattern.source]
    default:
      return []
  }
}

function findFault(text: string, isWanted: boolean): string | undefined {
  // Only an expression can say so. To exclude it asks for any value, and that is met.
  if (text === '') return isWanted ? 'an empty claim counts as absent' : undefined
  if (text.trim() !== text) return 'it has a space at its start or end'
  if (text.length > MAX_CLAIM_CHARACTERS) {
    return `it has more than ${MAX_CLAIM_CHARACTERS} characters`
  }
  return undefined
}

function describeMismatch(sent: string | undefined): string | undefined {
  return sent === undefined ? undefined : `the platform sends ${sent}`
}

/** After `lowerAscii` or `upperAscii`, no text has letters of both cases. */
function findFolded({ reading }: RuleView): readonly Found[] {
  const comparisons = reading?.comparisons ?? []
  return comparisons.flatMap(({ isFolded, values, path }) =>
    values
      .filter((value) => isFolded && /[a-z]/.test(String(value)) && /[A-Z]/.test(String(value)))
      .map((value) => ({
        severity: 'warn' as const,
        path: CONDITION,
        message: `"${value}" never occurs as ${path.join('.')} in one case: it has capital and small letters`,
        fix: 'Write the text in the case that the function gives.',
      })),
  )
}

/** What `when` refuses outright: a claim that tokens of this platform do not have. */
function findUnknownClaims({ reading }: RuleView, profile: ProviderProfile): readonly Found[] {
  return (reading?.paths ?? []).flatMap((path) => {
    const isHolder = profile.claims?.some((claim) =>
      path.every((name, index) => claim.path[index] === name),
    )
    if (isHolder === true || path.length > MAX_PATH || path.includes('')) return []
    const text = path.some((name) => /[.[]/.test(name)) ? JSON.stringify(path) : path.join('.')
    const resolved = resolveClaim(text, profile)
    if (typeof resolved !== 'string') return []
    return {
      severity: 'warn' as const,
      path: CONDITION,
      message: `the expression reads an ${resolved}`,
      fix: 'Write the name of the claim as it stands in a token.',
    }
  })
}

/** LINT-37: no token has such an audience, so none is accepted. */
export function findPaddedAudience({ audience }: TrustedIssuer): readonly Found[] {
  if (audience.trim() === audience) return []
  return [
    {
      severity: 'error',
      path: ['audience'],
      message: `${JSON.stringify(audience)} never occurs as an audience: it has a space at its start or end`,
      fix: 'Remove the space.',
    },
  ]
}

/** LINT-30, of an expression: nothing is coerced, so another type is never equal. */
export function findOtherType({ view, issuer }: AnyRule): readonly Found[] {
  return (view.reading?.comparisons ?? []).flatMap((comparison) => {
    const claim = claimOf(issuer.profile, comparison.path)
    const types: readonly string[] = claim?.types ?? ['any']
    // Of a list or an object it may be an element that is compared.
    if (types.some((type) => type === 'any' || type === 'array' || type === 'object')) return []
    const wrong = wantedTypes(comparison).find((type) => !types.includes(type))
    if (wrong === undefined) return []
    return {
      severity: 'error' as const,
      path: CONDITION,
      message: `${comparison.path.join('.')} is a ${types.join(' or ')} and is compared as a ${wrong}: ${outcomeOf(comparison)}`,
      fix: 'Compare it with a value of its own type.',
    }
  })
}

function wantedTypes({ operator, values }: ClaimComparison): readonly string[] {
  switch (operator) {
    case '==':
    case '!=':
    case 'in':
      return values.map((value) => typeof value)
    case 'includes':
      return ['list']
    case 'has':
      return []
    default:
      return ['string']
  }
}

function outcomeOf(comparison: ClaimComparison): string {
  return isExclusion(comparison) ? 'this excludes nobody' : 'this can never hold'
}
