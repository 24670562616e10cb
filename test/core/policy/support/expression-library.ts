/** Parses with our parser and with the library @marcbachmann/cel-js, into trees that can be compared. */
import { Environment } from '@marcbachmann/cel-js'
import { MAX_VALUES_PER_CONDITION } from '../../../../src/contract/limits.ts'
import { MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_NODES } from '../../../../src/core/limits.ts'
import { checkExpression } from '../../../../src/core/policy/language/expression/check.ts'
import { ExpressionFault } from '../../../../src/core/policy/language/expression/fault.ts'
import { parse } from '../../../../src/core/policy/language/expression/parse/parse.ts'
import type { SyntaxNode } from '../../../../src/core/policy/language/expression/syntax.ts'
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
    const tree = convert(library.parse(source).ast as unknown as LibraryNode, source) as SyntaxNode
    checkExpression(tree, source)
    return tree
  } catch {
    return 'refused'
  }
}

const isNode = (value: unknown): value is LibraryNode =>
  typeof value === 'object' && value !== null && 'op' in value

function convert(value: unknown, source: string): unknown {
  if (Array.isArray(value)) return value.map((element) => convert(element, source))
  if (!isNode(value)) return value
  const { op, args, start } = value
  if (op === 'map' || args instanceof Uint8Array) throw new Error('objects and bytes are refused')
  if (op !== 'value') return { op, args: convert(args, source), start, pos: placeOf(value, source) }
  const isUint = typeof args === 'object' && args !== null
  return { op, args: isUint ? new Uint(BigInt(String(args))) : args, start, pos: value.pos }
}

/** The library gives the start of a method call. Our tree has the place of the method's name. */
function placeOf({ op, args, pos }: LibraryNode, source: string): number {
  if (op !== 'rcall') return pos
  const [name, receiver] = args as readonly [string, LibraryNode]
  const uncommented = source
    .slice(receiver.end)
    .replace(/\/\/[^\n]*/g, (comment) => ' '.repeat(comment.length))
  return receiver.end + uncommented.indexOf(name)
}
