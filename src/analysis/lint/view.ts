/**
 * The view of a rule that all checks use: the claims it reads, their paths in the rule, and how each
 * is compared. Only this file reads conditions, expressions and templates.
 */
import type { DocumentPath } from '../../contract/admin.ts'
import type { Condition, Primitive, Rule, Test } from '../../core/policy/compile/compiled.ts'
import { pinOf } from '../../core/policy/compile/issuers/tenant-pin.ts'
import { samePath } from '../../core/policy/language/claim-path.ts'
import { listTemplates } from '../../core/policy/language/claim-tree.ts'
import {
  describeExpression,
  type ExpressionReading,
} from '../../core/policy/language/expression.ts'
import type { Template } from '../../core/policy/language/template.ts'
import type { ProviderProfile } from '../../core/providers/profile.ts'
import { clauseOf, type Opaque } from './expressions/clauses.ts'

/** One claim and its test. Comparisons of an expression have the same form as conditions of `when`. */
export type Clause = Omit<Condition, 'test'> & {
  readonly test: Test | Opaque
  /** The path within the rule. */
  readonly place: DocumentPath
  /** Whether the rule matches only if this clause holds. Only such a clause narrows the rule. */
  readonly isRequired: boolean
}

/** A clause that must hold and that a condition of `when` could express. */
export type RequiredClause = Clause & { readonly test: Test }

/** A claim that a template copies into the issued token. */
export type TemplateUse = {
  readonly path: readonly string[]
  readonly template: Template
  readonly place: DocumentPath
  /** The issued claim that contains it; undefined for the subject. */
  readonly target: string | undefined
}

export type RuleView = {
  readonly clauses: readonly Clause[]
  readonly required: readonly RequiredClause[]
  readonly uses: readonly TemplateUse[]
  /** False if the expression certainly does not hold with this value of the claim. */
  readonly mayHold: (path: readonly string[], value: Primitive) => boolean
  readonly reading: ExpressionReading | undefined
}

const NO_USES: readonly TemplateUse[] = []

export function viewOf(rule: Rule, profile: ProviderProfile): RuleView {
  const { expression, grant } = rule
  const stated: readonly RequiredClause[] = rule.conditions.map((condition) => ({
    ...condition,
    place: ['when', condition.claim],
    isRequired: true,
  }))
  const reading = expression === undefined ? undefined : describeExpression(expression)
  const derived = reading === undefined ? [] : clausesOf(reading, profile)
  return {
    clauses: [...stated, ...derived],
    required: [...stated, ...derived.filter(isRequiredClause)],
    uses: grant === undefined ? NO_USES : usesOf(grant),
    mayHold: (path, value) => !isRefused(rule, reading, path, value),
    reading,
  }
}

function isRequiredClause(clause: Clause): clause is RequiredClause {
  return clause.isRequired && clause.test.kind !== 'opaque'
}

function clausesOf(reading: ExpressionReading, profile: ProviderProfile): readonly Clause[] {
  const place = ['condition']
  const compared = reading.comparisons.map((comparison): Clause => {
    const { path } = comparison
    const { test, foldsCase } = clauseOf(comparison)
    const isRequired = comparison.isRequired && comparison.loop === undefined
    const pins = isRequired && test.kind !== 'opaque' ? pinOf(path, test, profile) : undefined
    return { claim: path.join('.'), path, test, foldsCase, pins, place, isRequired }
  })
  // For example a claim that is split, measured or converted. Lint does not evaluate such an expression.
  const others = reading.paths
    .filter((path) => path.length > 0 && !compared.some((clause) => samePath(clause.path, path)))
    .map((path): Clause => {
      const test: Opaque = { kind: 'opaque', texts: [], isNegated: false }
      const claim = path.join('.')
      return { claim, path, test, foldsCase: false, pins: undefined, place, isRequired: false }
    })
  return [...compared, ...others]
}

function usesOf({ subject, claims }: NonNullable<Rule['grant']>): readonly TemplateUse[] {
  const read = (template: Template, place: DocumentPath, target: string | undefined) =>
    template.parts.flatMap((part) =>
      part.kind === 'claim' ? [{ path: part.path, template, place, target }] : [],
    )
  return [
    ...(subject === undefined ? [] : read(subject, ['grant', 'subject'], undefined)),
    ...listTemplates(claims).flatMap(({ template, path }) => {
      const target = path.filter((step) => typeof step === 'string').join('.')
      return read(template, ['grant', 'claims', ...path], target)
    }),
  ]
}

/**
 * Evaluates the expression with only this claim known. This also covers alternatives. It does not work
 * for an expression that tests the presence of claims, because all other claims look absent.
 */
function isRefused(
  { expression, grant }: Rule,
  reading: ExpressionReading | undefined,
  path: readonly string[],
  value: Primitive,
): boolean {
  if (expression === undefined || reading === undefined || grant === undefined) return false
  const isTestOfPresence =
    reading.comparisons.some(({ operator }) => operator === 'has') ||
    reading.paths.some((one) => one.length === 0)
  if (isTestOfPresence || !reading.paths.some((one) => samePath(one, path))) return false
  return expression.holds(nest(path, value), {}) === false
}

/** A claim set with only this claim. */
export function nest(path: readonly string[], value: Primitive): Readonly<Record<string, unknown>> {
  const [name = '', ...rest] = path
  return { [name]: rest.length === 0 ? value : nest(rest, value) }
}
