/**
 * Checks for values that the platform never sends. An allow rule with such a value matches nothing, an
 * exclusion of it excludes nothing, and a deny rule with it denies nothing.
 */
import { MAX_CLAIM_CHARACTERS } from '../../../core/limits.ts'
import type { CompiledTrust, Rule, TrustedIssuer } from '../../../core/policy/compile/compiled.ts'
import { findResource } from '../../../core/policy/compile/resource-uri.ts'
import { resolveClaim, samePath } from '../../../core/policy/language/claim-path.ts'
import type { ClaimComparison } from '../../../core/policy/language/expression.ts'
import { matchesPattern } from '../../../core/policy/language/pattern.ts'
import type { ProviderProfile } from '../../../core/providers/profile.ts'
import { findReference } from '../../../core/providers/references.ts'
import { type AnyRule, claimOf, type Found, requiredOn } from '../check.ts'
import { findEmptyBounds } from '../expressions/bounds.ts'
import { isExclusion } from '../expressions/clauses.ts'
import { describeUndefined, findNever } from '../expressions/never.ts'
import { findMismatch } from '../fits-shape.ts'
import type { Clause, RuleView } from '../view.ts'

const CONDITION = ['condition']
/** The most names in a claim path. `when` does not allow longer paths. */
const MAX_PATH = 8

const LITERAL_STAR = 'a star is compared literally, and is a wildcard only in a glob'

/** LINT-37, with one finding for each value that never occurs. */
export function findUnreachable(subject: AnyRule): readonly Found[] {
  const { trust, rule, issuer, view } = subject
  const denies = rule.grant === undefined
  const { profile } = issuer
  const own = issuer === trust.own?.issuer ? trust : undefined
  return [
    ...view.clauses.flatMap((clause) => findValues(clause, issuer, denies, trust)),
    ...(own === undefined ? [] : findNeedless(rule, view, own)),
    ...findFolded(view, denies),
    ...findUnknownClaims(view, profile),
    ...findNever(subject),
    ...findEmptyBounds(subject),
  ]
}

function findValues(
  clause: Clause,
  issuer: TrustedIssuer,
  denies: boolean,
  trust: CompiledTrust,
): readonly Found[] {
  const gateway = trust.own?.issuer
  const own = issuer === gateway ? trust : undefined
  const { claim, path, test, place, foldsCase } = clause
  const shape = findReference(issuer.profile.id)?.shapes?.[path.join('.')]
  return statedTexts(clause).flatMap((text) => {
    const fault =
      (text === '' ? findEmpty(test.kind, path, issuer) : findFault(text)) ??
      (isMistakenGlob(clause, text, shape !== undefined) ? LITERAL_STAR : undefined) ??
      (own === undefined || test.kind === 'glob' ? undefined : findOwnFault(text, path, own)) ??
      findCheckedFault(clause, text, issuer, gateway) ??
      (shape === undefined || text === ''
        ? undefined
        : describeMismatch(findMismatch(shape, text, foldsCase)))
    if (fault === undefined) return []
    const isExcluded = test.kind === 'none_of'
    const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
    const effect = isExcluded
      ? ', so it excludes no token'
      : denies
        ? ', so this rule denies nothing'
        : ''
    return {
      severity: isExcluded || denies ? ('error' as const) : ('warn' as const),
      path: place,
      message: `${shown} never occurs as ${claim}: ${fault}${effect}`,
      fix:
        fault === LITERAL_STAR
          ? 'Use glob under when, or list the values.'
          : 'Write the value exactly as tokens have it.',
    }
  })
}

/** The texts that a clause compares with, including excluded texts. */
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

/** Only an expression can contain an empty text. An exclusion of it requires any value, which is fine. */
function findEmpty(
  kind: Clause['test']['kind'],
  path: readonly string[],
  { profile }: TrustedIssuer,
): string | undefined {
  if (kind === 'any_of') return 'an empty claim counts as absent'
  if (kind !== 'contains') return undefined
  // A member of an object may have an empty name.
  const isObject = claimOf(profile, path)?.types?.includes('object') === true
  return isObject ? undefined : 'a list with an empty entry cannot be read'
}

function findFault(text: string): string | undefined {
  if (text.trim() !== text) return 'it begins or ends with a space'
  if (text.length > MAX_CLAIM_CHARACTERS) {
    return `it has more than ${MAX_CLAIM_CHARACTERS} characters`
  }
  return undefined
}

/**
 * Whether a glob is compared as a value. In claims without a known form, a star may be a value, and so
 * may an entry of a list such as `deploy:*`.
 */
function isMistakenGlob({ test }: Clause, text: string, hasShape: boolean): boolean {
  if (test.kind !== 'any_of' && test.kind !== 'none_of') return false
  return text.includes('*') && (hasShape || text !== '*')
}

/** Verification accepts one issuer URL and one audience, so a rule cannot choose another. */
function findCheckedFault(
  { path, test }: Clause,
  text: string,
  issuer: TrustedIssuer,
  gateway: TrustedIssuer | undefined,
): string | undefined {
  const { url, audience, accepts, trustDomain } = issuer
  if (issuer === gateway) return undefined
  if (trustDomain !== undefined && samePath(path, ['sub'])) {
    return findForeignDomain(text, trustDomain)
  }
  const differs = (sent: string) =>
    test.kind === 'glob' ? !matchesPattern(test.pattern, sent) : text !== sent
  if (samePath(path, ['iss']) && differs(url)) return `tokens of this issuer have ${url}`
  // An ID-JAG is for the gateway, whatever the audience of its issuer is.
  if (!samePath(path, ['aud']) || accepts.includes('id_jag')) return undefined
  const isNamed = gateway !== undefined && audience !== gateway.url
  if (isNamed) return differs(audience) ? `the issuer's entry accepts only ${audience}` : undefined
  // The URL of the gateway may be unknown here.
  const mayBeGateway = test.kind === 'glob' || /^https?:/.test(text)
  return mayBeGateway ? undefined : "the issuer's entry accepts only the URL of the gateway"
}

/** A token of another trust domain than that of the issuer's entry is refused before the rules. */
function findForeignDomain(text: string, trustDomain: string): string | undefined {
  // A pattern may begin before the end of the domain.
  const [stated = ''] = text.split('*')
  const own = `spiffe://${trustDomain}/`
  if (!stated.startsWith('spiffe://')) return undefined
  const isForeign = !own.startsWith(stated) && !stated.startsWith(own)
  return isForeign ? `the issuer's entry accepts only IDs of ${trustDomain}` : undefined
}

/** Tokens of this gateway are for the resources of the document, by its rules. */
function findOwnFault(
  text: string,
  path: readonly string[],
  { resources, own }: CompiledTrust,
): string | undefined {
  if (samePath(path, ['aud'])) {
    const isResource = [...resources.values()].some(({ audience }) => audience === text)
    return isResource ? undefined : 'the document has no such resource'
  }
  if (!samePath(path, ['client_id'])) return undefined
  const isRule = own?.ruleNamed(text)?.grant !== undefined
  return isRule ? undefined : 'the document has no rule of this name that grants'
}

/** A token for this resource is exchanged without a rule, so this rule never decides. */
function findNeedless(
  { grant, actingAs }: Rule,
  view: RuleView,
  { resources }: CompiledTrust,
): readonly Found[] {
  // A request with an actor always needs a rule.
  if (actingAs !== undefined) return []
  const resource = grant && findResource(resources, grant.resource)
  return requiredOn(view, ['aud']).flatMap(({ test, place }) => {
    const isSame =
      resource !== undefined &&
      test.kind === 'any_of' &&
      test.values.every((value) => value === resource.audience)
    if (!isSame) return []
    return {
      severity: 'warn' as const,
      path: place,
      message:
        'the rule grants the resource that its tokens are for, which needs no rule: it never decides',
      fix: 'Remove the rule, or name another resource.',
    }
  })
}

function describeMismatch(sent: string | undefined): string | undefined {
  return sent === undefined ? undefined : `the platform sends ${sent}`
}

/** The result of `lowerAscii` has no capital letter, and that of `upperAscii` no small one. */
function findFolded({ reading }: RuleView, denies: boolean): readonly Found[] {
  return (reading?.comparisons ?? []).flatMap((comparison) =>
    comparison.values
      .filter((value) => comparison.lacks?.test(String(value)))
      .map((value) => ({
        severity: denies || isExclusion(comparison) ? ('error' as const) : ('warn' as const),
        path: CONDITION,
        message: `"${value}" never occurs as ${comparison.path.join('.')} here: the function changes the case of its letters`,
        fix: 'Write the text in the case that the function returns.',
      })),
  )
}

/** Claims that tokens of this platform do not have. In `when`, the compiler refuses them. */
function findUnknownClaims({ reading }: RuleView, profile: ProviderProfile): readonly Found[] {
  return (reading?.paths ?? []).flatMap((path) => {
    const isHolder = profile.claims?.some((claim) =>
      path.every((name, index) => claim.path[index] === name),
    )
    // An empty path is `claims` itself.
    if (isHolder === true || path.length === 0 || path.length > MAX_PATH || path.includes(''))
      return []
    const text = path.some((name) => /[.[]/.test(name)) ? JSON.stringify(path) : path.join('.')
    const resolved = resolveClaim(text, profile)
    if (typeof resolved !== 'string') return []
    return {
      severity: 'warn' as const,
      path: CONDITION,
      message: `the expression reads an ${resolved}`,
      fix: 'Write the name of the claim as tokens have it.',
    }
  })
}

/** LINT-37: no token has such an audience, so every token is refused. */
export function findPaddedAudience({ audience }: TrustedIssuer): readonly Found[] {
  if (audience.trim() === audience) return []
  return [
    {
      severity: 'error',
      path: ['audience'],
      message: `${JSON.stringify(audience)} never occurs as an audience: it begins or ends with a space`,
      fix: 'Remove the space.',
    },
  ]
}

/** LINT-30 for an expression: values are not coerced, so values of different types are never equal. */
export function findOtherType({ rule, view, issuer }: AnyRule): readonly Found[] {
  return (view.reading?.comparisons ?? []).flatMap((comparison) => {
    const claim = claimOf(issuer.profile, comparison.path)
    const types: readonly string[] = claim?.types ?? ['any']
    // For a list or an object, the comparison may be with an element.
    if (types.some((type) => type === 'any' || type === 'array' || type === 'object')) return []
    const wrong = wantedTypes(comparison).find((type) => !types.includes(type))
    if (wrong === undefined) return []
    return {
      severity: 'error' as const,
      path: CONDITION,
      message: `${comparison.path.join('.')} is a ${types.join(' or ')} and is compared as a ${wrong}: ${outcomeOf(comparison, rule.grant === undefined)}`,
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

/** Values of different types are never equal. Every other comparison of them is undefined. */
function outcomeOf(comparison: ClaimComparison, denies: boolean): string {
  const isDefined = ['==', '!=', 'in'].includes(comparison.operator) && !comparison.isAlone
  if (!isDefined) return describeUndefined(denies)
  return isExclusion(comparison) ? 'this excludes no token' : 'this can never hold'
}
