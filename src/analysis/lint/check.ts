/**
 * What a check of lint is given and gives back, and the few questions all of them ask of a rule.
 * A check looks at one compiled rule, at one issuer, or at the document; it never reads a clock.
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

/** Any rule, with what it reads. */
export type AnyRule = {
  readonly trust: CompiledTrust
  readonly issuer: TrustedIssuer
  readonly rule: Rule
  readonly view: RuleView
}

/** An allow rule that is enforced or observed, with everything known about it. */
export type LintedRule = AnyRule & {
  readonly grant: Grant
  /** Scopes of the grant that change something. */
  readonly writes: readonly string[]
  /** Epoch seconds; undefined: nothing is said about time. */
  readonly at: number | undefined
}

/** A finding without what the check's table entry and the place already say. */
export type Found = {
  readonly severity: Severity
  /** Within the rule, the issuer or the document, whichever the check is about. */
  readonly path: DocumentPath
  readonly message: string
  readonly fix: string
  readonly identity?: JsonObject
}

export type RuleCheck = {
  readonly lint: LintId
  readonly check: (subject: LintedRule) => readonly Found[]
}

/** Asked of deny rules too. */
export type AnyRuleCheck = {
  readonly lint: LintId
  readonly check: (subject: AnyRule) => readonly Found[]
}

export type IssuerCheck = {
  readonly lint: LintId
  readonly check: (issuer: TrustedIssuer, trust: CompiledTrust) => readonly Found[]
}

/** Paths of these findings are those of the whole document, and name their rule themselves. */
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
 * Whether a scope changes something. Its last word, after `:`, `.` or `/`, tells; a scope that
 * does not say that it only reads is taken to write.
 */
export function isWriteScope(scope: string): boolean {
  const words = scope.toLowerCase().split(/[:./]/)
  return !READS.has(words.at(-1) ?? '')
}

/** What must hold of one claim; nothing where the platform has no such claim. */
export function requiredOn(
  { required }: RuleView,
  path: readonly string[] | undefined,
): readonly RequiredClause[] {
  return path === undefined ? [] : required.filter((clause) => samePath(clause.path, path))
}

/** Everything that the rule says of one claim, also where it need not hold. */
export function mentionsOf(
  { clauses }: RuleView,
  path: readonly string[] | undefined,
): readonly Clause[] {
  return path === undefined ? [] : clauses.filter((clause) => samePath(clause.path, path))
}

/** Whether a clause says what the claim is, not only what it is not or that it is there. */
export function isPositive({ test }: Clause): boolean {
  if (test.kind === 'opaque') return !test.isNegated
  return test.kind !== 'none_of' && test.kind !== 'exists'
}

/** Whether the rule holds this claim to listed values. */
export function isHeld(view: RuleView, path: readonly string[] | undefined): boolean {
  return requiredOn(view, path).some(({ test }) => test.kind === 'any_of')
}

/** Whether the rule holds this claim to exactly this value. */
export function requires(view: RuleView, path: readonly string[], value: Primitive): boolean {
  return requiredOn(view, path).some(
    ({ test }) => test.kind === 'any_of' && test.values.length === 1 && test.values[0] === value,
  )
}

/** Whether a value of this claim is within everything that the rule asks of the claim. */
export function admits(
  view: RuleView,
  path: readonly string[] | undefined,
  value: Primitive,
): boolean {
  if (path === undefined) return true
  const isWithin = requiredOn(view, path).every((clause) => holds(clause, nest(path, value)))
  return isWithin && view.mayHold(path, value)
}

/** Every text a clause asks for: its values as strings, or its pattern. */
export function textsOf({ test }: Clause): readonly string[] {
  if (test.kind === 'any_of' || test.kind === 'contains') return test.values.map(String)
  if (test.kind === 'opaque') return test.isNegated ? [] : test.texts
  return test.kind === 'glob' ? [test.pattern.source] : []
}

/** The pattern of a clause that has a star in it. */
export function wildcardOf({ test }: Clause): string | undefined {
  if (test.kind !== 'glob') return undefined
  return test.pattern.prefix === test.pattern.source ? undefined : test.pattern.source
}

/** What the provider's profile says of a claim. */
export function claimOf(
  profile: ProviderProfile,
  path: readonly string[],
): ClaimProfile | undefined {
  return profile.claims?.find((claim) => samePath(claim.path, path))
}

/** Whether people outside the organisation, or anybody who can push, choose the claim's value. */
export function isChosen(profile: ProviderProfile, path: readonly string[]): boolean {
  const influence = claimOf(profile, path)?.influence
  return influence === 'medium' || influence === 'high'
}

/** Whether a claim is the text that names the workload, or one that names whom it belongs to. */
export function namesHolder(profile: ProviderProfile, path: readonly string[]): boolean {
  return [...profile.tenantClaims, ...profile.projectClaims].some((named) => samePath(named, path))
}
