/**
 * A second, simple implementation of the trust language. It reads the source document, evaluates
 * every rule, and shares no code with the compiler or the evaluator. If it disagrees with the
 * product, one of the two has a bug.
 */

type Json = Readonly<Record<string, unknown>>
export type NaiveRule = {
  readonly name: string
  readonly effect?: string
  readonly mode?: string
  readonly expires?: string
  readonly from: string
  readonly when: Json
  readonly grant?: { readonly resource: string; readonly scopes: readonly string[] }
}

type Asked = {
  readonly resource: string
  readonly scopes?: readonly string[]
  readonly rule?: string
}

/** Claims that are compared without case. */
const FOLDED = ['repository', 'repository_owner', 'environment']

/** The granting rule, or the reason of the denial. */
export function decideNaively(
  rules: readonly NaiveRule[],
  issuer: { readonly name: string; readonly folds: boolean },
  claims: Json,
  asked: Asked,
  at: number,
): string {
  const matching = rules.filter(
    (rule) =>
      rule.from === issuer.name &&
      rule.mode !== 'observe' &&
      (rule.expires === undefined ||
        at < Date.parse(`${rule.expires}T00:00:00Z`) / 1000 + 86_400) &&
      Object.entries(rule.when).every(([name, condition]) =>
        meets(
          Object.hasOwn(claims, name) ? claims[name] : undefined,
          condition,
          issuer.folds && FOLDED.includes(name),
          rule.effect === 'deny',
        ),
      ),
  )
  if (matching.some(({ effect }) => effect === 'deny')) return 'rule_denied'
  const fitting = matching.filter(
    ({ name, grant }) =>
      grant?.resource === asked.resource && (asked.rule === undefined || asked.rule === name),
  )
  const granting = fitting.find(({ grant }) =>
    (asked.scopes ?? []).every((scope) => grant?.scopes.includes(scope)),
  )
  if (granting !== undefined) return granting.name
  return fitting.length > 0 ? 'scope_not_granted' : 'no_rule_matched'
}

function meets(claim: unknown, condition: unknown, folds: boolean, denies: boolean): boolean {
  if (isOperator(condition, 'exists')) return isThere(claim) === condition.exists
  if (!isThere(claim)) return false
  if (denies) return couldMeet(claim, condition, folds)
  if (isOperator(condition, 'contains')) {
    const wanted = listOf(condition.contains)
    return (
      Array.isArray(claim) && wanted.every((one) => claim.some((own) => isSame(own, one, folds)))
    )
  }
  // Text with control characters, a list and an object match nothing (CLM-11).
  if (isUnreadable(claim)) return false
  if (isOperator(condition, 'not')) {
    return listOf(condition.not).every((one) => !mayEqual(claim, one, folds))
  }
  if (isOperator(condition, 'glob')) {
    return typeof claim === 'string' && toRegExp(String(condition.glob), folds).test(claim)
  }
  if (isOperator(condition, 'min') || isOperator(condition, 'max')) {
    const { min, max } = condition as { min?: number; max?: number }
    return (
      typeof claim === 'number' &&
      !(min !== undefined && claim < min) &&
      !(max !== undefined && claim > max)
    )
  }
  return listOf(condition).some((one) => isSame(claim, one, folds))
}

function isUnreadable(claim: unknown): boolean {
  return typeof claim === 'object' || /\p{Cc}/u.test(String(claim))
}

/** In a deny rule: whether any reading of the claim meets the condition. */
function couldMeet(claim: unknown, condition: unknown, folds: boolean): boolean {
  if (isOperator(condition, 'contains')) {
    if (typeof claim === 'string' && isUnreadable(claim)) return true
    const words = typeof claim === 'string' ? [claim, ...claim.split(/[\s,;]+/)] : [claim]
    return listOf(condition.contains).every((one) =>
      words.some((word) => mayEqual(word, one, folds)),
    )
  }
  if (isOperator(condition, 'not')) {
    return isUnreadable(claim) || listOf(condition.not).every((one) => !isSame(claim, one, folds))
  }
  if (isOperator(condition, 'glob')) {
    return isUnreadable(claim) || toRegExp(String(condition.glob), folds).test(String(claim))
  }
  if (isOperator(condition, 'min') || isOperator(condition, 'max')) {
    const { min = -Infinity, max = Infinity } = condition as { min?: number; max?: number }
    const number = typeof claim === 'boolean' || isUnreadable(claim) ? NaN : Number(claim)
    return Number.isNaN(number) || (number >= min && number <= max)
  }
  return listOf(condition).some((one) => mayEqual(claim, one, folds))
}

/** Whether a claim, or an element of a list claim, could equal this value. */
function mayEqual(claim: unknown, wanted: unknown, folds: boolean): boolean {
  if (Array.isArray(claim)) {
    return claim.some(
      (one) => isThere(one) && (typeof one === 'object' || mayEqual(one, wanted, folds)),
    )
  }
  if (typeof claim === 'object') return true
  if (typeof claim === typeof wanted) return isSame(claim, wanted, folds)
  return String(claim) === String(wanted)
}

function isOperator<K extends string>(value: unknown, key: K): value is Record<K, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && key in value
}

function isThere(claim: unknown): boolean {
  return claim !== undefined && claim !== null && claim !== ''
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

function isSame(claim: unknown, wanted: unknown, folds: boolean): boolean {
  if (claim === wanted) return true
  if (!folds || typeof claim !== 'string' || typeof wanted !== 'string') return false
  // Without the u flag, the i flag does not fold a non-ASCII letter to an ASCII letter.
  return toRegExp(wanted, true, '').test(claim)
}

/** Pass `''` as the star for a text without stars. */
function toRegExp(text: string, folds: boolean, star = '*'): RegExp {
  const escaped = text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  const body =
    star === '' ? escaped : escaped.replaceAll('\\*\\*', '[\\s\\S]*').replaceAll('\\*', '[^/:]*')
  return new RegExp(`^(?:${body})$`, folds ? 'i' : '')
}
