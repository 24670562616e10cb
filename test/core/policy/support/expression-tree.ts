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
    case 'value':
      return writeLiteral(node.args)
    case 'id':
      return node.args
    case '.':
      return `${write(node.args[0])}.${node.args[1]}`
    case '[]':
      return `${write(node.args[0])}[${write(node.args[1])}]`
    case 'call':
      return `${node.args[0]}(${writeAll(node.args[1])})`
    case 'rcall':
      return `${write(node.args[1])}.${node.args[0]}(${writeAll(node.args[2])})`
    case 'list':
      return `[${writeAll(node.args)}]`
    case '?:': {
      const [condition, yes, no] = node.args.map(write)
      return `(${condition} ? ${yes} : ${no})`
    }
    case '!_':
      return `!${write(node.args)}`
    case '-_':
      return `-${write(node.args)}`
    default:
      return `(${write(node.args[0])} ${node.op} ${write(node.args[1])})`
  }
}

const writeAll = (nodes: readonly SyntaxNode[]) => nodes.map(write).join(', ')

function writeLiteral(value: unknown): string {
  if (value instanceof Uint) return `${value.value}u`
  if (typeof value === 'number') return `double ${value}`
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
