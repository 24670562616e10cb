/**
 * The types of lint checks, and the functions that several checks share. A check examines one compiled
 * rule, one issuer, or the document. It never reads a clock.
 */

import type { DocumentPath } from '../../contract/admin.ts'
import type {
  CompiledTrust,
  Grant,
  Primitive,
  Rule,
  TrustedIssuer,
} from '../../core/policy/compile/compiled.ts'
import { holds } from '../../core/policy/decide/conditions.ts'
import { samePath } from '../../core/policy/language/claim-path.ts'
import type { ClaimProfile, ProviderProfile } from '../../core/providers/profile.ts'
import type { JsonObject } from '../../web/json.ts'
import type { LintId, Severity } from './finding.ts'
import { type Clause, nest, type RequiredClause, type RuleView } from './view.ts'

/** Any rule, with its view. */
export type AnyRule = {
  readonly trust: CompiledTrust
  readonly issuer: TrustedIssuer
  readonly rule: Rule
  readonly view: RuleView
}

/** An allow rule in either mode, with what the checks need to know. */
export type LintedRule = AnyRule & {
  readonly grant: Grant
  /** The scopes of the grant that allow changes. */
  readonly writes: readonly string[]
  /** Epoch seconds; undefined: checks that depend on the time find nothing. */
  readonly at: number | undefined
}

/** A finding without its lint id and rule name, which the caller adds. */
export type Found = {
  readonly severity: Severity
  /** Relative to the rule, the issuer or the document that the check examines. */
  readonly path: DocumentPath
  readonly message: string
  readonly fix: string
  readonly identity?: JsonObject
}

export type RuleCheck = {
  readonly lint: LintId
  readonly check: (subject: LintedRule) => readonly Found[]
}

/** A check that also examines deny rules. */
export type AnyRuleCheck = {
  readonly lint: LintId
  readonly check: (subject: AnyRule) => readonly Found[]
}

export type IssuerCheck = {
  readonly lint: LintId
  readonly check: (issuer: TrustedIssuer, trust: CompiledTrust) => readonly Found[]
}

/** A check of the whole document. Its findings have paths within the document, and their rule. */
export type DocumentCheck = {
  readonly lint: LintId
  readonly check: (
    trust: CompiledTrust,
    at: number | undefined,
  ) => readonly (Found & { readonly rule: Rule | undefined })[]
}

const READS: ReadonlySet<string> = new Set([
  'read',
  'list',
  'get',
  'view',
  'describe',
  'pull',
  'plan',
])

/**
 * Whether a scope allows changes. The last word, after `:`, `.` or `/`, decides. A scope without a
 * word for reading counts as a write scope.
 */
export function isWriteScope(scope: string): boolean {
  const words = scope.toLowerCase().split(/[:./]/)
  return !READS.has(words.at(-1) ?? '')
}

/** The clauses on one claim that must hold; none if the platform has no such claim. */
export function requiredOn(
  { required }: RuleView,
  path: readonly string[] | undefined,
): readonly RequiredClause[] {
  return path === undefined ? [] : required.filter((clause) => samePath(clause.path, path))
}

/** All clauses on one claim, including those that need not hold. */
export function mentionsOf(
  { clauses }: RuleView,
  path: readonly string[] | undefined,
): readonly Clause[] {
  return path === undefined ? [] : clauses.filter((clause) => samePath(clause.path, path))
}

/** Whether a clause names values of the claim, and not only excluded values or presence. */
export function isPositive({ test }: Clause): boolean {
  if (test.kind === 'opaque') return !test.isNegated
  return test.kind !== 'none_of' && test.kind !== 'exists'
}

/** Whether the rule requires one of listed values for this claim. */
export function isHeld(view: RuleView, path: readonly string[] | undefined): boolean {
  return requiredOn(view, path).some(({ test }) => test.kind === 'any_of')
}

/** Whether the rule requires exactly this value for the claim. */
export function requires(view: RuleView, path: readonly string[], value: Primitive): boolean {
  return requiredOn(view, path).some(
    ({ test }) => test.kind === 'any_of' && test.values.length === 1 && test.values[0] === value,
  )
}

/** Whether the rule can match with this value of the claim. */
export function admits(
  view: RuleView,
  path: readonly string[] | undefined,
  value: Primitive,
): boolean {
  if (path === undefined) return true
  const isWithin = requiredOn(view, path).every((clause) => holds(clause, nest(path, value)))
  return isWithin && view.mayHold(path, value)
}

/** All texts that a clause requires: its values as strings, or its pattern. */
export function textsOf({ test }: Clause): readonly string[] {
  if (test.kind === 'any_of' || test.kind === 'contains') return test.values.map(String)
  if (test.kind === 'opaque') return test.isNegated ? [] : test.texts
  return test.kind === 'glob' ? [test.pattern.source] : []
}

/** The pattern of a clause, if it contains a star. */
export function wildcardOf({ test }: Clause): string | undefined {
  if (test.kind !== 'glob') return undefined
  return test.pattern.prefix === test.pattern.source ? undefined : test.pattern.source
}

/** The provider profile's entry for a claim. */
export function claimOf(
  profile: ProviderProfile,
  path: readonly string[],
): ClaimProfile | undefined {
  return profile.claims?.find((claim) => samePath(claim.path, path))
}

/** Whether outsiders, or anyone with push access, can choose the value of the claim. */
export function isChosen(profile: ProviderProfile, path: readonly string[]): boolean {
  const influence = claimOf(profile, path)?.influence
  return influence === 'medium' || influence === 'high'
}

/** Whether a claim identifies the tenant or the project. */
export function namesHolder(profile: ProviderProfile, path: readonly string[]): boolean {
  return [...profile.tenantClaims, ...profile.projectClaims].some((named) => samePath(named, path))
}
