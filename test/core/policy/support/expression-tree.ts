/** Shows the tree of an expression as text with all parentheses, or the message of the refusal. */
import { ExpressionFault } from '../../../../src/core/policy/language/expression/fault.ts'
import { parse } from '../../../../src/core/policy/language/expression/parse/parse.ts'
import type { SyntaxNode } from '../../../../src/core/policy/language/expression/syntax.ts'
import { Uint } from '../../../../src/core/policy/language/expression/values.ts'

export function show(source: string): string {
  try {
    return write(parse(source))
  } catch (error) {
    if (error instanceof ExpressionFault) return error.message
    throw error
  }
}

function write(node: SyntaxNode): string {
  switch (node.op) {
    case 'literal':
      return writeLiteral(node.value)
    case 'name':
      return node.name
    case 'member':
      return `${write(node.holder)}.${node.name}`
    case 'index':
      return `${write(node.holder)}[${write(node.key)}]`
    case 'list':
      return `[${writeAll(node.elements)}]`
    case 'call':
      return `${node.name}(${writeAll(node.operands)})`
    case 'method':
      return `${write(node.receiver)}.${node.name}(${writeAll(node.operands)})`
    case 'choice':
      return `(${write(node.condition)} ? ${write(node.yes)} : ${write(node.no)})`
    case 'not':
      return `!${write(node.operand)}`
    case 'minus':
      return `-${write(node.operand)}`
    default:
      return `(${write(node.left)} ${node.op} ${write(node.right)})`
  }
}

const writeAll = (nodes: readonly SyntaxNode[]) => nodes.map(write).join(', ')

function writeLiteral(value: unknown): string {
  if (value instanceof Uint) return `${value.value}u`
  if (typeof value === 'number') return `double ${value}`
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
