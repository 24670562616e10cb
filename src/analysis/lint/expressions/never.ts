/**
 * Finds parts of a rule that hold for no token: an expression that is false whatever it reads, two
 * comparisons that exclude each other (one may be a condition of `when`), a member of a claim that is
 * no object, an index before the start of a list, and a value that no connection has.
 */
import type { Primitive } from '../../../core/policy/compile/compiled.ts'
import { samePath } from '../../../core/policy/language/claim-path.ts'
import { childrenOf } from '../../../core/policy/language/expression/describe.ts'
import type { SyntaxNode } from '../../../core/policy/language/expression/syntax.ts'
import type { Expression } from '../../../core/policy/language/expression.ts'
import { foldCase } from '../../../core/policy/language/fold-case.ts'
import { matchesPattern, type Pattern } from '../../../core/policy/language/pattern.ts'
import { parseUrl } from '../../../web/url-spelling.ts'
import type { AnyRule, Found } from '../check.ts'
import type { RequiredClause, RuleView } from '../view.ts'

const CONDITION = ['condition']

/**
 * What `request` has: Cloudflare's names of the TLS versions, and of countries (T1 is Tor; the United
 * Kingdom is GB), and one address, without the length of a network.
 */
const CONNECTION: Readonly<Record<string, { readonly values: RegExp; readonly such: string }>> = {
  tls: {
    values: /^(?:TLSv1(?:\.[123])?|QUIC|none|unknown)$/,
    such: '"TLSv1.2" or "TLSv1.3"',
  },
  country: {
    values: /^(?!UK$)[A-Z][A-Z\d]$/,
    such: 'two capital letters, such as "DE" or "GB"',
  },
  ip: {
    values: /^(?:\d+(?:\.\d+){3}|(?!::ffff:)[\da-f]*:[\da-f:]+)$/,
    such: 'one whole address in its shortest form, such as "203.0.113.7" or "2001:db8::1"',
  },
}

export function findNever({ rule, view }: AnyRule): readonly Found[] {
  const denies = rule.grant === undefined
  const { expression } = rule
  return [
    ...(expression === undefined ? [] : findInExpression(expression, view, denies)),
    ...findContradictions(view.required).map(({ claim, place }) => ({
      severity: severityOf(denies),
      path: place,
      message: `no token meets all comparisons of ${claim}: this rule ${denies ? 'denies nothing' : 'never matches'}`,
      fix: 'List the values that are accepted in one condition.',
    })),
    ...(denies ? [] : findForeignMembers(view.required)),
  ]
}

/** Members of a claim that the rule wants as a text, a number, a flag or a list, or wants absent. */
function findForeignMembers(required: readonly RequiredClause[]): readonly Found[] {
  const whole = required.filter(isNoObject)
  return required.flatMap(({ claim, path, place, test }) => {
    if (test.kind === 'exists' && !test.wanted) return []
    const holder = whole.find(
      (one) => one.path.length < path.length && one.path.every((name, at) => name === path[at]),
    )
    if (holder === undefined) return []
    return {
      severity: 'warn' as const,
      path: place,
      message: `no token has ${claim} where ${holder.claim} meets its own condition: only an object has members, and this rule never matches`,
      fix: 'Remove one of the two conditions.',
    }
  })
}

function isNoObject({ test, place }: RequiredClause): boolean {
  switch (test.kind) {
    case 'exists':
      return !test.wanted
    // In an expression, an object may differ from a value, and `in` looks for a name of a member.
    case 'none_of':
    case 'contains':
      return place[0] === 'when'
    default:
      return true
  }
}

const severityOf = (isGrave: boolean) => (isGrave ? ('error' as const) : ('warn' as const))

function findInExpression(
  expression: Expression,
  view: RuleView,
  denies: boolean,
): readonly Found[] {
  const nodes = listNodes(expression.tree)
  const negated = new Set(nodes.flatMap((node) => (node.op === 'not' ? [node.operand] : [])))
  // Without these, a claim that is absent makes its part of the expression undefined, never false.
  const isTestOfPresence =
    nodes.some((node) => node.op === 'call' && node.name === 'has') ||
    view.reading?.paths.some((path) => path.length === 0)
  const isFalse = !isTestOfPresence && expression.holds({}, {}) === false
  return [
    ...(isFalse
      ? [
          {
            severity: severityOf(denies),
            path: CONDITION,
            message: `the expression is false for every token: this rule ${denies ? 'denies nothing' : 'never matches'}`,
            fix: 'Correct the expression, or remove the rule.',
          },
        ]
      : []),
    ...nodes.flatMap((node) => findNegativeIndex(node, denies)),
    ...nodes.flatMap((node) => findConnectionValues(node, denies)),
    ...nodes.filter((node) => !negated.has(node)).flatMap((node) => findNull(node, denies)),
  ]
}

/**
 * What a comparison does that is undefined for every token. If the result of an expression is unknown,
 * an allow rule does not match, and a deny rule does.
 */
export function describeUndefined(denies: boolean): string {
  return denies
    ? 'this is undefined for every token, and the rule then denies'
    : 'this can never hold'
}

/** A part of an expression and all parts below it. */
export const listNodes = (node: SyntaxNode): readonly SyntaxNode[] => [
  node,
  ...childrenOf(node).flatMap(listNodes),
]

function findNegativeIndex(node: SyntaxNode, denies: boolean): readonly Found[] {
  const isNegative = node.op === 'index' && node.key.op === 'minus'
  if (!isNegative || node.key.operand.op !== 'literal') return []
  return [
    {
      severity: severityOf(denies),
      path: CONDITION,
      message: `[-${node.key.operand.value}] is no element of a list: this comparison is undefined for every token`,
      fix: 'Lists begin at [0]. Use "x" in claims.list to look for an element.',
    },
  ]
}

function findConnectionValues(node: SyntaxNode, denies: boolean): readonly Found[] {
  if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return []
  const { left, right } = node
  const member = memberOf(left) ?? memberOf(right)
  const known = member === undefined ? undefined : CONNECTION[member]
  if (known === undefined) return []
  const isExcluded = node.op === '!='
  return [left, right]
    .flatMap((side) => (side.op === 'list' ? side.elements : [side]))
    .flatMap((side) => {
      const text = side.op === 'literal' && typeof side.value === 'string' ? side.value : undefined
      if (text === undefined || isSent(member, known, text)) return []
      return [
        {
          severity: severityOf(denies || isExcluded),
          path: CONDITION,
          message: `${JSON.stringify(text.slice(0, 80))} never occurs as request.${member}${isExcluded ? ', so it excludes no connection' : ''}`,
          fix: `Use ${known.such}.`,
        },
      ]
    })
}

/** Whether a connection may have this text. An address has the form in which a URL writes it. */
function isSent(member: string | undefined, { values }: { values: RegExp }, text: string): boolean {
  if (!values.test(text) || member !== 'ip') return values.test(text)
  const host = text.includes(':') ? `[${text}]` : text
  return parseUrl(`http://${host}`)?.hostname === host
}

/**
 * A claim is never null, because null counts as absent (RULE-02). So `== null` is never true, and
 * `!= null` is never false. The other rules with them work: they test whether the claim is present.
 */
function findNull(node: SyntaxNode, denies: boolean): readonly Found[] {
  if (node.op !== (denies ? '!=' : '==')) return []
  const isNull = (side: SyntaxNode) => side.op === 'literal' && side.value === null
  if (!isNull(node.left) && !isNull(node.right)) return []
  const effect = denies ? '!= null is never false' : '== null is never true'
  return [
    {
      severity: severityOf(denies),
      path: CONDITION,
      message: `${effect}: a claim that is null counts as absent`,
      fix: 'Use has(…) to test whether a claim is present.',
    },
  ]
}

/** The member of `request` that this part reads: `request.tls` or `request["tls"]`. */
function memberOf(node: SyntaxNode): string | undefined {
  if (node.op !== 'member' && node.op !== 'index') return undefined
  if (node.holder.op !== 'name' || node.holder.name !== 'request') return undefined
  const name = node.op === 'member' ? node.name : node.key.op === 'literal' && node.key.value
  return typeof name === 'string' && Object.hasOwn(CONNECTION, name) ? name : undefined
}

/** Comparisons that accept no value that an earlier one accepts. One claim has several spellings. */
function findContradictions(required: readonly RequiredClause[]): readonly RequiredClause[] {
  return required.filter((clause, index) =>
    required
      .slice(0, index)
      .some((other) => samePath(other.path, clause.path) && contradict(other, clause)),
  )
}

function contradict(left: RequiredClause, right: RequiredClause): boolean {
  if (right.test.kind === 'any_of') return excludesAll(left, right, right.test.values)
  if (left.test.kind === 'any_of') return excludesAll(right, left, left.test.values)
  if (left.test.kind !== 'glob' || right.test.kind !== 'glob') return false
  const fold = left.foldsCase || right.foldsCase ? foldCase : (text: string) => text
  const [one, other] = [endsOf(left.test.pattern, fold), endsOf(right.test.pattern, fold)]
  const areStarts = one.start.startsWith(other.start) || other.start.startsWith(one.start)
  return !areStarts || !(one.end.endsWith(other.end) || other.end.endsWith(one.end))
}

/** The texts with which every value that a pattern matches begins and ends. */
function endsOf({ source, prefix }: Pattern, fold: (text: string) => string) {
  return { start: fold(prefix), end: fold(source.slice(source.lastIndexOf('*') + 1)) }
}

function excludesAll(
  { test, ...other }: RequiredClause,
  { foldsCase }: RequiredClause,
  values: readonly Primitive[],
): boolean {
  const folds = foldsCase || other.foldsCase
  // A deny rule compares a text with the number that it spells, so types do not count.
  const fold = (value: Primitive) => (folds ? foldCase(String(value)) : String(value))
  switch (test.kind) {
    case 'any_of': {
      const accepted = new Set(test.values.map(fold))
      return !values.some((value) => accepted.has(fold(value)))
    }
    case 'none_of': {
      // A value in another case may be accepted.
      const excluded = new Set(test.values)
      return !folds && values.every((value) => excluded.has(value))
    }
    case 'glob':
      // The pattern of an expression may match more than the expression.
      return !values.some((value) => matchesFolded(test.pattern, String(value), folds))
    case 'range':
      return values.every((value) => Number(value) < test.min || Number(value) > test.max)
    default:
      return false
  }
}

function matchesFolded(pattern: Pattern, value: string, folds: boolean): boolean {
  if (!folds) return matchesPattern(pattern, value)
  const { source, prefix } = pattern
  return matchesPattern({ source: foldCase(source), prefix: foldCase(prefix) }, foldCase(value))
}
