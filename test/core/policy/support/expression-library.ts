/** Parses with our parser and with the library @marcbachmann/cel-js, into trees that can be compared. */
import { Environment } from '@marcbachmann/cel-js'
import { MAX_VALUES_PER_CONDITION } from '../../../../src/contract/limits.ts'
import { MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_NODES } from '../../../../src/core/limits.ts'
import { checkExpression } from '../../../../src/core/policy/language/expression/check.ts'
import { ExpressionFault } from '../../../../src/core/policy/language/expression/fault.ts'
import { parse } from '../../../../src/core/policy/language/expression/parse/parse.ts'
import type {
  Binary,
  Literal,
  SyntaxNode,
} from '../../../../src/core/policy/language/expression/syntax.ts'
import { Uint } from '../../../../src/core/policy/language/expression/values.ts'

const library = new Environment({
  limits: {
    maxAstNodes: MAX_EXPRESSION_NODES,
    maxDepth: MAX_EXPRESSION_DEPTH,
    maxListElements: MAX_VALUES_PER_CONDITION,
  },
})

/** The tree of an expression that also passes our check, or the message of the refusal. */
export function parseOurs(source: string): SyntaxNode | string {
  try {
    const tree = parse(source)
    checkExpression(tree, source)
    return tree
  } catch (error) {
    if (error instanceof ExpressionFault) return error.message
    throw error
  }
}

type LibraryNode = {
  readonly op: string
  readonly args: unknown
  readonly start: number
  readonly pos: number
  readonly end: number
}

/** The library's tree in our form, or `refused` if it does not parse or not pass our check. */
export function parseWithLibrary(source: string): SyntaxNode | 'refused' {
  try {
    const tree = convert(library.parse(source).ast as unknown as LibraryNode, source)
    checkExpression(tree, source)
    return tree
  } catch {
    return 'refused'
  }
}

function convert(node: LibraryNode, source: string): SyntaxNode {
  const { start, pos } = node
  // The library documents the arguments of each operator.
  const args = node.args as never
  const one = (part: LibraryNode) => convert(part, source)
  const all = (parts: readonly LibraryNode[]) => parts.map(one)
  switch (node.op) {
    case 'value':
      return { op: 'literal', value: literalOf(args), start, pos }
    case 'id':
      return { op: 'name', name: args, start, pos }
    case '.': {
      const [holder, name] = args as readonly [LibraryNode, string]
      return { op: 'member', holder: one(holder), name, start, pos }
    }
    case '[]': {
      const [holder, key] = args as Pair
      return { op: 'index', holder: one(holder), key: one(key), start, pos }
    }
    case 'list':
      return { op: 'list', elements: all(args), start, pos }
    case 'call': {
      const [name, operands] = args as readonly [string, readonly LibraryNode[]]
      return { op: 'call', name, operands: all(operands), start, pos }
    }
    case 'rcall': {
      const [name, of, operands] = args as readonly [string, LibraryNode, readonly LibraryNode[]]
      const place = { start, pos: placeOfMethod(name, of, source) }
      return { op: 'method', name, receiver: one(of), operands: all(operands), ...place }
    }
    case '?:': {
      const [condition, yes, no] = args as readonly [LibraryNode, LibraryNode, LibraryNode]
      return {
        op: 'choice',
        condition: one(condition),
        yes: one(yes),
        no: one(no),
        start,
        pos,
      }
    }
    case '!_':
      return { op: 'not', operand: one(args), start, pos }
    case '-_':
      return { op: 'minus', operand: one(args), start, pos }
    case 'map':
      throw new Error('objects are refused')
    default: {
      const [left, right] = args as Pair
      return { op: node.op as Binary, left: one(left), right: one(right), start, pos }
    }
  }
}

type Pair = readonly [LibraryNode, LibraryNode]

function literalOf(value: unknown): Literal {
  if (value instanceof Uint8Array) throw new Error('bytes are refused')
  if (typeof value === 'object' && value !== null) return new Uint(BigInt(String(value)))
  return value as Literal
}

/** The library gives the start of a method call. Our tree has the place of the method's name. */
function placeOfMethod(name: string, receiver: LibraryNode, source: string): number {
  const uncommented = source
    .slice(receiver.end)
    .replace(/\/\/[^\n]*/g, (comment) => ' '.repeat(comment.length))
  return receiver.end + uncommented.indexOf(name)
}
