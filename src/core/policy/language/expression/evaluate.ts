/**
 * Evaluates a checked expression. `undefined` means that the value is unknown. `&&`, `||` and loops
 * can be decided by their other operands, as in CEL. Steps are counted, so that no token can make
 * one expression take longer than a fixed bound (RULE-20).
 */

import type { JsonObject } from '../../../../web/json.ts'
import { MAX_EXPRESSION_STEPS, MAX_EXPRESSION_TEXT_CHARACTERS } from '../../../limits.ts'
import { findFunction } from './functions.ts'
import { calculate, compare, equals, isIn, minus, negate } from './operators.ts'
import { asLoop, type BinaryNode, type LoopNode, type SyntaxNode } from './syntax.ts'
import { kindOf } from './types.ts'
import {
  hasMember,
  isList,
  isMap,
  memberNames,
  readMember,
  Uint,
  type Value,
  type Work,
} from './values.ts'

/** The values of the names in an expression. */
type Scope = {
  readonly work: Work
  readonly names: ReadonlyMap<string, Value>
}
type Outcome = Value | undefined

/** True, false, or undefined if the result is unknown. */
export function evaluateExpression(
  node: SyntaxNode,
  claims: JsonObject,
  request: JsonObject,
  work: Work = { steps: 0 },
): boolean | undefined {
  const names = new Map<string, Value>([
    ['claims', claims],
    ['request', request],
  ])
  const outcome = evaluate(node, { work, names })
  return asBoolean(outcome)
}

function evaluate(node: SyntaxNode, scope: Scope): Outcome {
  const { work } = scope
  work.steps += 1
  // Once the steps are used up, every further part is unknown. Results of earlier parts are kept.
  if (work.steps > MAX_EXPRESSION_STEPS) return undefined
  const outcome = evaluateNode(node, scope)
  if (typeof outcome !== 'string') return outcome
  work.steps += outcome.length >> 6
  return outcome.length > MAX_EXPRESSION_TEXT_CHARACTERS ? undefined : outcome
}

function evaluateNode(node: SyntaxNode, scope: Scope): Outcome {
  switch (node.op) {
    case 'literal':
      return node.value
    case 'name':
      return scope.names.get(node.name)
    case 'member':
      return select(evaluate(node.holder, scope), node.name, scope)
    case 'index':
      return pick(evaluate(node.holder, scope), evaluate(node.key, scope), scope)
    case 'list':
      return listOf(node.elements, scope)
    case 'choice': {
      const condition = evaluate(node.condition, scope)
      if (typeof condition !== 'boolean') return undefined
      return evaluate(condition ? node.yes : node.no, scope)
    }
    case 'not':
      return negate(asBoolean(evaluate(node.operand, scope)))
    case 'minus': {
      const operand = evaluate(node.operand, scope)
      return operand === undefined ? undefined : minus(operand)
    }
    case '&&':
      return decide(false, node, scope)
    case '||':
      return decide(true, node, scope)
    case 'call':
      if (node.name === 'has') return isThere(node.operands[0], scope)
      return callFunction(node.name, node.operands, scope)
    case 'method': {
      const loop = asLoop(node)
      if (loop !== undefined) return walk(loop, scope)
      return callFunction(node.name, [node.receiver, ...node.operands], scope)
    }
    default:
      return evaluateBinary(node, scope)
  }
}

function evaluateBinary(node: BinaryNode, scope: Scope): Outcome {
  const { op } = node
  const left = evaluate(node.left, scope)
  const right = evaluate(node.right, scope)
  if (left === undefined || right === undefined) return undefined
  switch (op) {
    case '==':
      return equals(left, right, scope.work)
    case '!=':
      return negate(equals(left, right, scope.work))
    case 'in':
      return isIn(left, right, scope.work)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return isOrdered(op, compare(left, right))
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return counted(calculate(op, left, right), scope)
    default:
      return undefined
  }
}

function isOrdered(operator: '<' | '<=' | '>' | '>=', order: number | undefined): Outcome {
  if (order === undefined) return undefined
  switch (operator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}

/** The elements of a new list count as steps. */
function counted(outcome: Outcome, { work }: Scope): Outcome {
  if (outcome !== undefined && outcome !== null && isList(outcome)) work.steps += outcome.length
  return outcome
}

const asBoolean = (outcome: Outcome) => (typeof outcome === 'boolean' ? outcome : undefined)

function select(holder: Outcome, name: string, { work }: Scope): Outcome {
  return holder !== undefined && isMap(holder) ? readMember(holder, name, work) : undefined
}

/**
 * Indexes a list by a whole number of any type, and an object by text. Nothing is converted to
 * text.
 */
function pick(holder: Outcome, key: Outcome, scope: Scope): Outcome {
  if (holder === undefined || key === undefined || holder === null) return undefined
  if (!isList(holder)) return typeof key === 'string' ? select(holder, key, scope) : undefined
  // A fraction is the index of no element.
  if (typeof key === 'number') return holder[key]
  if (typeof key === 'bigint') return holder[Number(key)]
  return key instanceof Uint ? holder[Number(key.value)] : undefined
}

function listOf(nodes: readonly SyntaxNode[], scope: Scope): Outcome {
  const elements: Value[] = []
  for (const node of nodes) {
    const element = evaluate(node, scope)
    if (element === undefined) return undefined
    elements.push(element)
  }
  return elements
}

/** One `decisive` operand decides, whatever the other is. Otherwise both must be known. */
function decide(decisive: boolean, node: BinaryNode, scope: Scope): Outcome {
  const left = evaluate(node.left, scope)
  if (left === decisive) return decisive
  const right = evaluate(node.right, scope)
  if (right === decisive) return decisive
  return left === !decisive && right === !decisive ? !decisive : undefined
}

function isThere(asked: SyntaxNode | undefined, scope: Scope): Outcome {
  if (asked?.op !== 'member') return undefined
  const { name } = asked
  const holder = evaluate(asked.holder, scope)
  if (holder === undefined || !isMap(holder)) return undefined
  if (!hasMember(holder, name)) return false
  return readMember(holder, name, scope.work) === undefined ? undefined : true
}

function callFunction(name: string, nodes: readonly SyntaxNode[], scope: Scope): Outcome {
  const called = findFunction(name)
  const operands = listOf(nodes, scope)
  if (called === undefined || operands === undefined || !isList(operands)) return undefined
  const fits = operands.every((operand, index) => called.operands[index]?.includes(kindOf(operand)))
  return fits ? counted(called.run(operands), scope) : undefined
}

function walk({ kind, over, variable, body }: LoopNode, scope: Scope): Outcome {
  const elements = elementsOf(evaluate(over, scope))
  if (elements === undefined) return undefined
  let [held, unknown] = [0, 0]
  for (const element of elements) {
    const names = new Map(scope.names).set(variable, element)
    const outcome = asBoolean(evaluate(body, { ...scope, names }))
    if (kind === 'exists' && outcome === true) return true
    if (kind === 'all' && outcome === false) return false
    held += outcome === true ? 1 : 0
    unknown += outcome === undefined ? 1 : 0
  }
  if (unknown > 0) return undefined
  return kind === 'exists_one' ? held === 1 : kind === 'all'
}

function elementsOf(outcome: Outcome): readonly Value[] | undefined {
  if (outcome === undefined || outcome === null) return undefined
  if (isList(outcome)) return outcome
  return isMap(outcome) ? memberNames(outcome) : undefined
}
