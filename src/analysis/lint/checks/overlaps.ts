/**
 * Checks for rules that a broader rule makes redundant. Each rule is compared with the rules that the
 * index finds for its own values, so that the check stays fast for long documents.
 */
import { MAX_OVERLAPS_PER_RULE } from '../../../core/limits.ts'
import type {
  CompiledTrust,
  Condition,
  Grant,
  Primitive,
  Rule,
} from '../../../core/policy/compile/compiled.ts'
import { foldTest } from '../../../core/policy/compile/condition.ts'
import { listIssuers } from '../../../core/policy/compile/issuers/own-issuer.ts'
import { keyOf } from '../../../core/policy/decide/could-be.ts'
import { samePath } from '../../../core/policy/language/claim-path.ts'
import { matchesPattern } from '../../../core/policy/language/pattern.ts'
import type { ProviderProfile } from '../../../core/providers/profile.ts'
import { claimOf, type Found } from '../check.ts'
import { indexByEquality } from '../overlap-index.ts'
import { viewOf } from '../view.ts'

type FoundForRule = Found & { readonly rule: Rule | undefined }
type Allow = Rule & { readonly grant: Grant }

/**
 * LINT-33: one finding for each rule that a deny rule or a broader rule covers, or whose equal rule has
 * other scopes.
 */
export function findOverlaps(trust: CompiledTrust): readonly FoundForRule[] {
  return listIssuers(trust).flatMap((issuer) => {
    const own = trust.rules.filter((rule) => rule.from === issuer.name)
    const { lookups, rest } = indexByEquality(own)
    const ask = askerOf(issuer.profile)
    const denying = own
      .filter(({ grant, mode }) => grant === undefined && mode === 'enforce')
      .slice(0, MAX_OVERLAPS_PER_RULE)
    return own.filter(isLive).flatMap((rule) => {
      const denied = describeDenied(rule, denying, ask)
      if (denied !== undefined) return denied
      const filed = [...lookups].flatMap(([path, rules]) =>
        valuesOn(ask(rule), path).flatMap(
          (value) => rules.get(value)?.slice(0, MAX_OVERLAPS_PER_RULE) ?? [],
        ),
      )
      const near = [...rest, ...filed].slice(0, MAX_OVERLAPS_PER_RULE)
      return (
        describe(
          rule,
          near.filter((other) => other !== rule && isLive(other)).filter(isAllow),
          ask,
        ) ?? []
      )
    })
  })
}

type Asked = readonly Condition[]
/** The conditions that must hold for a rule to match, from `when` and the expression. */
type Ask = (rule: Rule) => Asked

/** Expressions compare with case. Their values are folded here, as in conditions. */
function askerOf(profile: ProviderProfile): Ask {
  const known = new Map<Rule, Asked>()
  const read = (rule: Rule): Asked =>
    viewOf(rule, profile).required.map((clause) => {
      const folds = claimOf(profile, clause.path)?.isCaseInsensitive === true
      return folds ? { ...clause, test: foldTest(clause.test), foldsCase: true } : clause
    })
  return (rule) => {
    if (rule.expression === undefined) return rule.conditions
    const asked = known.get(rule) ?? read(rule)
    known.set(rule, asked)
    return asked
  }
}

function isAllow(rule: Rule): rule is Allow {
  return rule.grant !== undefined
}

function isLive(rule: Rule): boolean {
  return rule.grant !== undefined && rule.mode === 'enforce'
}

function valuesOn(asked: Asked, path: readonly string[]): readonly Primitive[] {
  return asked.flatMap(({ path: own, test }) =>
    samePath(own, path) && test.kind === 'any_of' ? test.values : [],
  )
}

/**
 * A deny rule refuses at any position, and matches at least what an allow rule like it matches. One
 * that ends earlier, such as a freeze of some days, only delays the rule.
 */
function describeDenied(rule: Rule, denying: readonly Rule[], ask: Ask): FoundForRule | undefined {
  const denier = denying.find(
    (deny) => deny.expiresAt >= rule.expiresAt && isCovered(deny, rule, ask(rule)),
  )
  if (denier === undefined) return undefined
  return {
    rule,
    severity: 'warn',
    path: ['rules', rule.position],
    message: `the deny rule ${denier.name} refuses every token that meets this rule: this rule never grants`,
    fix: 'Narrow the deny rule, or remove this one.',
  }
}

function describe(rule: Rule, others: readonly Allow[], ask: Ask): FoundForRule | undefined {
  const { grant } = rule
  if (grant === undefined) return undefined
  const covers = (broad: Rule, narrow: Rule) => isCovered(broad, narrow, ask(narrow))
  const sharing = others.filter(
    (other) => other.grant.resource === grant.resource && covers(other, rule),
  )
  const broader = sharing.find((other) => {
    if (!grant.scopes.every((scope) => other.grant.scopes.includes(scope))) return false
    // If two rules cover each other, the later one is redundant.
    return !(covers(rule, other) && isWithin(other.grant, grant) && other.position > rule.position)
  })
  const base = { rule, severity: 'warn' as const, path: ['rules', rule.position] }
  if (broader !== undefined) {
    const message = `${broader.name} grants the same to all holders of this rule, and to others`
    const fix = `Narrow ${broader.name}, or remove this rule.`
    return {
      ...base,
      message: covers(rule, broader)
        ? `${broader.name} grants the same to the same holders`
        : message,
      fix,
    }
  }
  const twin = sharing.find((other) => other.position < rule.position && covers(rule, other))
  if (twin === undefined) return undefined
  return {
    ...base,
    message: `${twin.name} grants other scopes to the same holders, and grants of two rules are never combined`,
    fix: 'Merge the rules, or give them different holders.',
  }
}

function isWithin(inner: Grant, outer: Grant): boolean {
  return inner.scopes.every((scope) => outer.scopes.includes(scope))
}

/** Whether the broad rule matches whenever the narrow rule does. If unsure, the answer is no. */
function isCovered(broad: Rule, narrow: Rule, asked: Asked): boolean {
  if (broad.expression !== undefined && broad.expression.source !== narrow.expression?.source)
    return false
  if (!areActorsCovered(broad, narrow)) return false
  return broad.conditions.every((wide) =>
    asked.some((own) => samePath(own.path, wide.path) && implies(own, wide)),
  )
}

/** Allow rules without `acting_as` are for requests without an actor. */
function areActorsCovered({ actingAs: broad }: Rule, { actingAs: narrow }: Rule): boolean {
  if (broad === undefined || narrow === undefined) return broad === narrow
  return (
    broad.from === narrow.from &&
    broad.conditions.every((wide) =>
      narrow.conditions.some((own) => samePath(own.path, wide.path) && implies(own, wide)),
    )
  )
}

function implies(narrow: Condition, wide: Condition): boolean {
  if (narrow === wide) return true
  const [own, test] = [narrow.test, wide.test]
  if (test.kind === 'exists' && test.wanted) return own.kind !== 'exists' || own.wanted
  if (own.kind === 'any_of') {
    if (test.kind === 'any_of') return own.values.every((value) => test.values.includes(value))
    if (test.kind === 'none_of') {
      // `not` excludes the text "1" as well as the number 1.
      const excluded = test.values.map(keyOf)
      return !own.values.some((value) => excluded.includes(keyOf(value)))
    }
    if (test.kind !== 'glob') return false
    return own.values.every(
      (value) => typeof value === 'string' && matchesPattern(test.pattern, value),
    )
  }
  if (own.kind === 'none_of' && test.kind === 'none_of') {
    return test.values.every((value) => own.values.includes(value))
  }
  return own.kind === 'glob' && test.kind === 'glob' && own.pattern.source === test.pattern.source
}
