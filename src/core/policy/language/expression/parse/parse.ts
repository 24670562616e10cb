/**
 * Parses an expression into a syntax tree: the grammar of the CEL specification, without objects in
 * braces and without a leading dot. It accepts three more forms, which have only one meaning: a
 * choice between `?` and `:`, `!` and `-` in one row, and a comma behind the last operand of a call.
 */
import { MAX_VALUES_PER_CONDITION } from '../../../../../contract/limits.ts'
import { faultAt, syntaxFaultAt } from '../fault.ts'
import type { Binary, SyntaxNode } from '../syntax.ts'
import {
  accept,
  advance,
  type Cursor,
  countNode,
  createCursor,
  exceeded,
  expect,
  nest,
  unexpected,
} from './cursor.ts'
import type { Token } from './token.ts'

/** @throws {ExpressionFault} */
export function parse(source: string): SyntaxNode {
  const cursor = createCursor(source)
  const tree = parseExpression(cursor)
  if (cursor.token.kind === 'end') return tree
  throw unexpected(cursor)
}

function parseExpression(cursor: Cursor): SyntaxNode {
  return nest(cursor, () => {
    const condition = parseBinary(cursor, 1)
    if (!accept(cursor, '?')) return condition
    const yes = parseExpression(cursor)
    expect(cursor, ':')
    const no = parseExpression(cursor)
    const { start } = condition
    return counted(cursor, { op: 'choice', condition, yes, no, start, pos: start })
  })
}

function counted(cursor: Cursor, node: SyntaxNode): SyntaxNode {
  countNode(cursor, node.pos)
  return node
}

/** A higher number binds closer. All relations have the same one, and every row is read from left. */
const PRECEDENCE: Readonly<Record<Binary, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  in: 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
}
const isBinary = (kind: string): kind is Binary => Object.hasOwn(PRECEDENCE, kind)
const isEquality = (operator: string) => operator === '==' || operator === '!='

/** Reads a row of operators of at least this precedence. */
function parseBinary(cursor: Cursor, least: number): SyntaxNode {
  let left = parseUnary(cursor)
  let previous = ''
  for (;;) {
    const { kind, start: index } = cursor.token
    if (!isBinary(kind) || PRECEDENCE[kind] < least) return left
    if (isEquality(previous) && PRECEDENCE[kind] === PRECEDENCE['=='] && !isEquality(kind)) {
      // CEL reads a == b in c as (a == b) in c, and other languages read a == (b in c).
      throw syntaxFaultAt(
        { source: cursor.source, index },
        `${kind} follows ${previous} without parentheses`,
        `write (a ${previous} b) ${kind} c or a ${previous} (b ${kind} c)`,
      )
    }
    advance(cursor)
    const right = parseBinary(cursor, PRECEDENCE[kind] + 1)
    const { start } = left
    left = counted(cursor, { op: kind, left, right, start, pos: start })
    previous = kind
  }
}

function parseUnary(cursor: Cursor): SyntaxNode {
  const operators: Token[] = []
  while (cursor.token.kind === '!' || cursor.token.kind === '-') {
    countNode(cursor, cursor.token.start)
    operators.push(advance(cursor))
  }
  let operand = parseMember(cursor)
  for (const { kind, start } of operators.toReversed()) {
    operand = { op: kind === '!' ? 'not' : 'minus', operand, start, pos: start }
  }
  return operand
}

function parseMember(cursor: Cursor): SyntaxNode {
  let node = parsePrimary(cursor)
  for (;;) {
    if (accept(cursor, '.')) {
      node = parseSelection(cursor, node)
    } else if (accept(cursor, '[')) {
      const key = parseExpression(cursor)
      expect(cursor, ']')
      const { start } = node
      node = counted(cursor, { op: 'index', holder: node, key, start, pos: start })
    } else {
      return node
    }
  }
}

/** A member or a method, behind its dot. */
function parseSelection(cursor: Cursor, holder: SyntaxNode): SyntaxNode {
  const { text: name, start: pos } = expect(cursor, 'name')
  const { start } = holder
  if (!accept(cursor, '(')) return counted(cursor, { op: 'member', holder, name, start, pos })
  const operands = parseElements(cursor, ')')
  return counted(cursor, { op: 'method', name, receiver: holder, operands, start, pos })
}

function parsePrimary(cursor: Cursor): SyntaxNode {
  const { kind, value, start } = cursor.token
  switch (kind) {
    case 'literal':
      advance(cursor)
      return counted(cursor, { op: 'literal', value, start, pos: start })
    case 'name':
      return parseName(cursor)
    case '(': {
      advance(cursor)
      const inner = parseExpression(cursor)
      expect(cursor, ')')
      return inner
    }
    case '[': {
      advance(cursor)
      const elements = parseElements(cursor, ']')
      return counted(cursor, { op: 'list', elements, start, pos: start })
    }
    case '{': {
      const advice = 'test each member, such as claims.a.b == "x"'
      throw faultAt({ source: cursor.source, index: start }, 'has an object in braces', advice)
    }
    default:
      throw unexpected(cursor)
  }
}

/** The names that the specification reserves. They can only be members. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let'],
  ...['loop', 'package', 'namespace', 'return', 'var', 'void', 'while'],
])

/** A name or the call of a function. */
function parseName(cursor: Cursor): SyntaxNode {
  const { text: name, start } = advance(cursor)
  if (RESERVED.has(name)) {
    throw syntaxFaultAt({ source: cursor.source, index: start }, `reserved identifier: ${name}`)
  }
  if (!accept(cursor, '(')) return counted(cursor, { op: 'name', name, start, pos: start })
  const operands = parseElements(cursor, ')')
  return counted(cursor, { op: 'call', name, operands, start, pos: start })
}

/** The elements of a list or the operands of a call, and the token that closes them. */
function parseElements(cursor: Cursor, close: ')' | ']'): readonly SyntaxNode[] {
  const elements: SyntaxNode[] = []
  while (cursor.token.kind !== close) {
    const element = parseExpression(cursor)
    if (close === ']' && elements.length === MAX_VALUES_PER_CONDITION) {
      const problem = `has a list of more than ${MAX_VALUES_PER_CONDITION} values`
      throw exceeded(cursor, element.pos, problem)
    }
    elements.push(element)
    if (!accept(cursor, ',')) break
  }
  expect(cursor, close)
  return elements
}
