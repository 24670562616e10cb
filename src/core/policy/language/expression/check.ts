/**
 * Checks an expression and determines the type of each part. A part that is not listed here is
 * refused at compile time, so the evaluation only sees supported parts.
 */

import { hasControlCharacter } from '../../../../web/text/control-characters.ts'
import { checkCall } from './check-call.ts'
import { checkIndex, checkMember } from './check-member.ts'
import { checkBinary } from './check-operator.ts'
import { expectBool, placeOf, type Scope } from './check-scope.ts'
import { faultAt, type Place, typeFaultAt } from './fault.ts'
import { fitsInt } from './functions.ts'
import { adviseName, VARIABLES } from './names.ts'
import type { Literal, SyntaxNode } from './syntax.ts'
import {
  areComparable,
  BOOL,
  DOUBLE,
  DYN,
  describeType,
  INT,
  join,
  listOf,
  NULL,
  STRING,
  type Type,
  UINT,
} from './types.ts'

/** @throws {ExpressionFault} */
export function checkExpression(node: SyntaxNode, source: string): void {
  const scope = { source, loop: undefined, check }
  if (check(node, scope).kind === 'bool') return
  throw faultAt(placeOf(node, scope), 'must be true or false', 'compare the value')
}

function check(node: SyntaxNode, scope: Scope): Type {
  const at = placeOf(node, scope)
  switch (node.op) {
    case 'literal':
      return checkLiteral(node.value, at)
    case 'name':
      return checkName(node.name, at, scope)
    case 'member':
      return checkMember(node.holder, node.name, at, scope)
    case 'index':
      return checkIndex(node.holder, node.key, at, scope)
    case 'list': {
      const types = node.elements.map((element) => check(element, scope))
      return listOf(types.length === 0 ? DYN : types.reduce(join))
    }
    case 'choice':
      return checkChoice(node, at, scope)
    case 'not':
      expectBool(node.operand, scope)
      return BOOL
    case 'minus':
      return checkMinus(node.operand, at, scope)
    case 'call':
    case 'method':
      return checkCall(node, scope)
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return checkBinary(node.op, node, at, scope)
    case '&&':
    case '||':
      expectBool(node.left, scope)
      expectBool(node.right, scope)
      return BOOL
  }
}

function checkLiteral(literal: Literal, at: Place): Type {
  switch (typeof literal) {
    case 'string':
      if (!hasControlCharacter(literal)) return STRING
      throw faultAt(
        at,
        'has a text with a control character',
        'no readable claim contains a control character',
      )
    case 'boolean':
      return BOOL
    case 'number':
      return DOUBLE
    case 'bigint':
      if (fitsInt(literal)) return INT
      throw faultAt(at, 'has an integer beyond 64 bits')
  }
  return literal === null ? NULL : UINT
}

function checkName(name: string, at: Place, { source, loop }: Scope): Type {
  if (loop?.variable === name) return loop.type
  const type = Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined
  if (type !== undefined) return type
  throw typeFaultAt(at, `${name} is not a name`, adviseName(name, source, at.index))
}

function checkChoice(
  { condition, yes, no }: Extract<SyntaxNode, { readonly op: 'choice' }>,
  at: Place,
  scope: Scope,
): Type {
  expectBool(condition, scope)
  const [first, second] = [check(yes, scope), check(no, scope)]
  if (areComparable(first, second)) return join(first, second)
  const types = `${describeType(first)} and ${describeType(second)}`
  throw typeFaultAt(at, `chooses between ${types}`, 'both must have the same type')
}

function checkMinus(operand: SyntaxNode, at: Place, scope: Scope): Type {
  // The smallest int is written as the negative of a number that is too large for an int.
  if (operand.op === 'literal' && operand.value === 2n ** 63n) return INT
  const type = check(operand, scope)
  if (type.kind === 'int' || type.kind === 'double' || type.kind === 'dyn') return type
  if (type.kind === 'json') return DOUBLE
  throw typeFaultAt(at, `cannot negate ${describeType(type)}`)
}
