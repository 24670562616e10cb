/** Checks the calls of an expression: `has`, loops, and functions with their operands. */
import { checkMember } from './check-member.ts'
import { expectBool, placeOf, type Scope, typeOf } from './check-scope.ts'
import { faultAt, syntaxFaultAt, typeFaultAt } from './fault.ts'
import { type ExpressionFunction, findFunction } from './functions.ts'
import { adviseFunction, VARIABLES } from './names.ts'
import { asLoop, LOOPS, type LoopNode, type SyntaxNode } from './syntax.ts'
import { BOOL, describeType, mayBe, STRING, type Type } from './types.ts'

type CallNode = Extract<SyntaxNode, { readonly op: 'call' | 'method' }>

export function checkCall(node: CallNode, scope: Scope): Type {
  const { name } = node
  const operands = node.op === 'call' ? node.operands : [node.receiver, ...node.operands]
  if (name === 'has') return checkHas(node, operands, scope)
  if (LOOPS.has(name)) return checkLoop(node, scope)
  const called = findFunction(name)
  if (called === undefined || !hasStyle(called, node.op)) {
    const advice =
      called === undefined
        ? adviseFunction(name)
        : `write it ${called.style === 'method' ? `behind a dot: x.${name}()` : `as ${name}(x)`}`
    throw faultAt(placeOf(node, scope), `uses ${name}`, advice)
  }
  checkOperands(called, name, node, operands, scope)
  return called.result
}

const hasStyle = ({ style }: ExpressionFunction, op: CallNode['op']) =>
  style === 'both' || style === op

function checkHas(node: CallNode, operands: readonly SyntaxNode[], scope: Scope): Type {
  const [asked, ...rest] = operands
  if (node.op !== 'call' || asked?.op !== 'member' || rest.length > 0) {
    throw faultAt(placeOf(node, scope), 'needs has with one member', 'such as has(claims.ref)')
  }
  checkMember(asked.holder, asked.name, placeOf(asked, scope), scope)
  return BOOL
}

function checkLoop(node: CallNode, scope: Scope): Type {
  const at = placeOf(node, scope)
  const { name } = node
  const loop = asLoop(node)
  const [first, ...others] = node.op === 'method' ? node.operands : []
  if (loop === undefined && first !== undefined && others.length === 1) {
    throw syntaxFaultAt(placeOf(first, scope), 'the variable of a loop must be a name')
  }
  if (loop === undefined) {
    throw faultAt(
      at,
      `needs ${name} with a variable and a test`,
      `such as list.${name}(x, x == "a")`,
    )
  }
  if (scope.loop !== undefined) {
    throw faultAt(at, `has ${name} within another loop`, 'nested loops could take too long')
  }
  const { variable } = loop
  if (Object.hasOwn(VARIABLES, variable)) {
    throw faultAt(at, `uses ${variable} as a loop variable`, 'use another name')
  }
  const type = elementOf(loop, scope)
  expectBool(loop.body, { ...scope, loop: { variable, type } })
  return BOOL
}

/** A loop iterates over the elements of a list or the member names of an object. */
function elementOf({ kind, over }: LoopNode, scope: Scope): Type {
  const type = typeOf(over, scope)
  if (type.kind === 'list') return type.element
  if (type.kind === 'map') return STRING
  if (type.kind === 'json' || type.kind === 'dyn') return type
  throw typeFaultAt(placeOf(over, scope), `${kind} needs a list, not ${describeType(type)},`)
}

function checkOperands(
  called: ExpressionFunction,
  name: string,
  node: CallNode,
  operands: readonly SyntaxNode[],
  scope: Scope,
): void {
  const least = called.operands.length - (called.optional ?? 0)
  if (operands.length < least || operands.length > called.operands.length) {
    throw typeFaultAt(placeOf(node, scope), `${name} has too few or too many operands`)
  }
  for (const [index, operand] of operands.entries()) {
    const type = typeOf(operand, scope)
    const kinds = called.operands[index] ?? []
    if (kinds.some((kind) => mayBe(type, kind))) continue
    const wanted = kinds.join(' or ')
    throw typeFaultAt(
      placeOf(operand, scope),
      `${name} needs ${wanted}, not ${describeType(type)},`,
    )
  }
  checkLiteral(called, operands, scope)
}

function checkLiteral(
  { literal }: ExpressionFunction,
  operands: readonly SyntaxNode[],
  scope: Scope,
): void {
  const operand = literal === undefined ? undefined : operands[literal.index]
  if (literal === undefined || operand === undefined) return
  const text = operand.op === 'literal' && typeof operand.value === 'string' ? operand.value : ''
  const problem = literal.problem(text)
  if (problem !== undefined) throw faultAt(placeOf(operand, scope), problem)
}
