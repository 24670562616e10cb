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
  /** The letters that the result of this function never has. */
  readonly lacks: RegExp | undefined
  /** Whether it is under a negation. Undefined if it occurs both plain and negated. */
  readonly isNegated: boolean | undefined
  /** If the claim alone is tested, as in `claims.email_verified && …`. */
  readonly isAlone?: true
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

type Side = Pick<ClaimComparison, 'path' | 'isFolded' | 'lacks'> & { readonly isElement: boolean }

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
    if (node.op === 'literal' && typeof node.value === 'string') texts.push(node.value)
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
    case 'not':
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
      const literal = booleanOf(node.left) ?? booleanOf(node.right)
      if (literal === undefined) return opaque(context)
      const isSame = literal === (node.op === '==')
      // The comparison with the literal is already listed.
      const inner = { ...context, isTest: false }
      return isSame ? inner : { ...inner, isNegated: negate(context.isNegated) }
    }
    default:
      return opaque(context)
  }
}

const negate = (value: boolean | undefined) => (value === undefined ? undefined : !value)
const booleanOf = (node: SyntaxNode) =>
  node.op === 'literal' && typeof node.value === 'boolean' ? node.value : undefined

function readComparisons(node: SyntaxNode, context: Context): readonly ClaimComparison[] {
  switch (node.op) {
    case '==':
    case '!=': {
      const { left, right } = node
      return [
        ...compareWith(left, node.op, [right], context),
        ...compareWith(right, node.op, [left], context),
      ]
    }
    case 'in': {
      const { left: value, right: holder } = node
      const among = holder.op === 'list' ? holder.elements : [holder]
      return [
        ...compareWith(value, 'in', among, context),
        ...compareWith(holder, 'includes', [value], context),
      ]
    }
    case 'method': {
      const { name, receiver, operands } = node
      const isTest = name === 'startsWith' || name === 'endsWith' || name === 'contains'
      return isTest ? compareWith(receiver, name, operands, context) : []
    }
    case 'call':
      return node.name === 'has' ? compareWith(node.operands[0], 'has', [], context) : []
    default:
      return []
  }
}

/** A claim in the place of a test must be true. Under a negation it must be false. */
function readTest(node: SyntaxNode, context: Context): readonly ClaimComparison[] {
  const isFalse = context.isNegated === true
  const { start, pos } = node
  const literal: SyntaxNode = { op: 'literal', value: !isFalse, start, pos }
  const own = isFalse ? { ...context, isNegated: false } : context
  return compareWith(node, '==', [literal], own).map((one) => ({ ...one, isAlone: true }))
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
      lacks: side.lacks,
      isNegated,
      isRequired,
    },
  ]
}

function readSide(node: SyntaxNode, context: Context): Side | undefined {
  const isFolded =
    node.op === 'method' && (node.name === 'lowerAscii' || node.name === 'upperAscii')
  const subject = isFolded ? node.receiver : node
  const lacks = isFolded ? (node.name === 'lowerAscii' ? /[A-Z]/ : /[a-z]/) : undefined
  const path = pathOf(subject, context)
  const root = rootOf(subject)
  const isElement = root.op === 'name' && root.name === context.loop?.variable
  return path === undefined ? undefined : { path, isFolded, lacks, isElement }
}

function rootOf(node: SyntaxNode): SyntaxNode {
  return node.op === 'member' || node.op === 'index' ? rootOf(node.holder) : node
}

/** The path of a claim. An element of a list has the path of the list. */
function pathOf(node: SyntaxNode, context: Context): ClaimPath | undefined {
  if (node.op === 'name') {
    if (node.name === context.loop?.variable) return context.loop.path
    return node.name === 'claims' ? [] : undefined
  }
  if (node.op === 'member') {
    const path = pathOf(node.holder, context)
    return path === undefined ? undefined : [...path, node.name]
  }
  if (node.op !== 'index' || node.key.op !== 'literal') return undefined
  const path = pathOf(node.holder, context)
  const key = node.key.value
  return path !== undefined && typeof key === 'string' ? [...path, key] : path
}

function literalOf(node: SyntaxNode): Literal | undefined {
  if (node.op === 'minus') {
    const number = literalOf(node.operand)
    return typeof number === 'number' ? -number : undefined
  }
  if (node.op !== 'literal' || node.value === null) return undefined
  const { value } = node
  if (typeof value === 'string' || typeof value === 'boolean') return value
  return Number(value instanceof Uint ? value.value : value)
}

/** The direct parts of a part of an expression. */
export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  switch (node.op) {
    case 'literal':
    case 'name':
      return []
    case 'member':
      return [node.holder]
    case 'index':
      return [node.holder, node.key]
    case 'list':
      return node.elements
    case 'call':
      return node.operands
    case 'method':
      return [node.receiver, ...node.operands]
    case 'choice':
      return [node.condition, node.yes, node.no]
    case 'not':
    case 'minus':
      return [node.operand]
    default:
      return [node.left, node.right]
  }
}
