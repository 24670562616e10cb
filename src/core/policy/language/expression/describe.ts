/**
 * Lists what an expression reads and compares, for lint and other analyses of rules. It walks the
 * syntax tree and evaluates nothing. A claim in an unrecognized test is listed only as a path.
 */
import { asLoop, type LoopNode, type SyntaxNode } from './syntax.ts'
import { Uint } from './values.ts'

type ClaimPath = readonly string[]
type Literal = string | number | boolean

type ComparisonOperator =
  | '=='
  | '!='
  | 'in'
  /** `"x" in claims.list` */
  | 'includes'
  | 'startsWith'
  | 'endsWith'
  | 'contains'
  | 'has'

/** One claim and the value it is compared with. */
export type ClaimComparison = {
  readonly path: ClaimPath
  readonly operator: ComparisonOperator
  /** The literals that it is compared with. */
  readonly values: readonly Literal[]
  /** Whether it is compared only with literals. */
  readonly isComplete: boolean
  /** The loop in which each element of the list at `path` is compared. */
  readonly loop: 'all' | 'exists' | 'exists_one' | undefined
  /** Whether `lowerAscii` or `upperAscii` changes the claim before it is compared. */
  readonly isFolded: boolean
  /** Whether it is under a negation. Undefined if it occurs both plain and negated. */
  readonly isNegated: boolean | undefined
  /** Whether the expression is true only if this comparison is true (or false, if negated). */
  readonly isRequired: boolean
}

export type ExpressionReading = {
  /** Every claim that is read, without duplicates, in the order of the text. */
  readonly paths: readonly ClaimPath[]
  readonly comparisons: readonly ClaimComparison[]
  /** Every text literal. */
  readonly texts: readonly string[]
}

type Context = {
  readonly loop: (LoopNode & { readonly path: ClaimPath | undefined }) | undefined
  readonly isNegated: boolean | undefined
  readonly isRequired: boolean
  /** Whether the value at this place is itself true or false: `claims.email_verified && …`. */
  readonly isTest: boolean
}

type Side = { readonly path: ClaimPath; readonly isFolded: boolean; readonly isElement: boolean }

/** The paths, comparisons and texts of a compiled expression. */
export function describeExpression({ tree }: { readonly tree: SyntaxNode }): ExpressionReading {
  const paths = new Map<string, ClaimPath>()
  const comparisons: ClaimComparison[] = []
  const texts: string[] = []
  visit(tree, { loop: undefined, isNegated: false, isRequired: true, isTest: true })
  return { paths: [...paths.values()], comparisons, texts }

  function visit(node: SyntaxNode, context: Context): void {
    comparisons.push(...readComparisons(node, context))
    const path = pathOf(node, context)
    if (path !== undefined) {
      paths.set(JSON.stringify(path), path)
      if (context.isTest) comparisons.push(...readTest(node, context))
      return
    }
    if (node.op === 'value' && typeof node.args === 'string') texts.push(node.args)
    const loop = asLoop(node)
    if (loop !== undefined) {
      visit(loop.over, opaque(context))
      visit(loop.body, {
        ...withinLoop(context),
        loop: { ...loop, path: pathOf(loop.over, context) },
      })
      return
    }
    const inner = contextBelow(node, context)
    for (const child of childrenOf(node)) visit(child, inner)
  }
}

const opaque = (context: Context): Context => ({
  ...context,
  isNegated: undefined,
  isRequired: false,
  isTest: false,
})

/** A test inside a loop is about one element, so it is not a requirement on the whole list. */
const withinLoop = (context: Context): Context => ({
  ...context,
  isRequired: false,
  isTest: true,
})

function contextBelow(node: SyntaxNode, context: Context): Context {
  switch (node.op) {
    case '!_':
      return { ...context, isNegated: negate(context.isNegated), isTest: true }
    case '&&':
      return {
        ...context,
        isRequired: context.isRequired && context.isNegated === false,
        isTest: true,
      }
    case '||':
      return {
        ...context,
        isRequired: context.isRequired && context.isNegated === true,
        isTest: true,
      }
    case '==':
    case '!=': {
      const [left, right] = node.args
      const literal = [left, right].find((side) => isBoolean(side))
      if (literal === undefined) return opaque(context)
      const isSame = (literal.args === true) === (node.op === '==')
      // The comparison with the literal is already listed.
      const inner = { ...context, isTest: false }
      return isSame ? inner : { ...inner, isNegated: negate(context.isNegated) }
    }
    default:
      return opaque(context)
  }
}

const negate = (value: boolean | undefined) => (value === undefined ? undefined : !value)
const isBoolean = (node: SyntaxNode) => node.op === 'value' && typeof node.args === 'boolean'

function readComparisons(node: SyntaxNode, context: Context): readonly ClaimComparison[] {
  switch (node.op) {
    case '==':
    case '!=': {
      const [left, right] = node.args
      return [
        ...compareWith(left, node.op, [right], context),
        ...compareWith(right, node.op, [left], context),
      ]
    }
    case 'in': {
      const [value, holder] = node.args
      const among = holder.op === 'list' ? holder.args : [holder]
      return [
        ...compareWith(value, 'in', among, context),
        ...compareWith(holder, 'includes', [value], context),
      ]
    }
    case 'rcall': {
      const [name, subject, operands] = node.args
      const isTest = name === 'startsWith' || name === 'endsWith' || name === 'contains'
      return isTest ? compareWith(subject, name, operands, context) : []
    }
    case 'call':
      return node.args[0] === 'has' ? compareWith(node.args[1][0], 'has', [], context) : []
    default:
      return []
  }
}

/** A claim in the place of a test must be true. Under a negation it must be false. */
function readTest(node: SyntaxNode, context: Context): readonly ClaimComparison[] {
  const isFalse = context.isNegated === true
  const literal: SyntaxNode = { ...node, op: 'value', args: !isFalse }
  return compareWith(node, '==', [literal], isFalse ? { ...context, isNegated: false } : context)
}

function compareWith(
  subject: SyntaxNode | undefined,
  operator: ComparisonOperator,
  others: readonly SyntaxNode[],
  context: Context,
): readonly ClaimComparison[] {
  const side = subject === undefined ? undefined : readSide(subject, context)
  if (side === undefined || side.path.length === 0) return []
  const values = others.flatMap((other) => literalOf(other) ?? [])
  const { isNegated, isRequired } = context
  return [
    {
      path: side.path,
      operator,
      values,
      isComplete: values.length === others.length,
      loop: side.isElement ? (context.loop?.kind as ClaimComparison['loop']) : undefined,
      isFolded: side.isFolded,
      isNegated,
      isRequired,
    },
  ]
}

function readSide(node: SyntaxNode, context: Context): Side | undefined {
  const isFolded =
    node.op === 'rcall' && (node.args[0] === 'lowerAscii' || node.args[0] === 'upperAscii')
  const subject = isFolded ? node.args[1] : node
  const path = pathOf(subject, context)
  const root = rootOf(subject)
  const isElement = root.op === 'id' && root.args === context.loop?.variable
  return path === undefined ? undefined : { path, isFolded, isElement }
}

function rootOf(node: SyntaxNode): SyntaxNode {
  return node.op === '.' || node.op === '[]' ? rootOf(node.args[0]) : node
}

/** The path of a claim. An element of a list has the path of the list. */
function pathOf(node: SyntaxNode, context: Context): ClaimPath | undefined {
  if (node.op === 'id') {
    if (node.args === context.loop?.variable) return context.loop.path
    return node.args === 'claims' ? [] : undefined
  }
  if (node.op === '.') {
    const path = pathOf(node.args[0], context)
    return path === undefined ? undefined : [...path, node.args[1]]
  }
  if (node.op !== '[]' || node.args[1].op !== 'value') return undefined
  const path = pathOf(node.args[0], context)
  const key = node.args[1].args
  return path !== undefined && typeof key === 'string' ? [...path, key] : path
}

function literalOf(node: SyntaxNode): Literal | undefined {
  if (node.op === '-_') {
    const number = literalOf(node.args)
    return typeof number === 'number' ? -number : undefined
  }
  if (node.op !== 'value') return undefined
  const { args } = node
  if (typeof args === 'string' || typeof args === 'boolean') return args
  if (args === null) return undefined
  return Number(args instanceof Uint ? args.value : args)
}

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
      return [node.args[0]]
    case '!_':
    case '-_':
      return [node.args]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    default:
      return node.args
  }
}
