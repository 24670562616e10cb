/**
 * The position of the parser in an expression, and the limits on what it has read. They bound its
 * time and its stack (RULE-07).
 */
import { MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_NODES } from '../../../../limits.ts'
import { type ExpressionFault, faultAt, syntaxFaultAt } from '../fault.ts'
import { adviseOperator, readToken, type Token } from './token.ts'

export type Cursor = {
  readonly source: string
  /** The next token. */
  token: Token
  nodes: number
  /** The number of expressions around the next one. */
  depth: number
}

export function createCursor(source: string): Cursor {
  return { source, token: readToken(source, 0), nodes: 0, depth: 0 }
}

/** Returns the token and moves to the next one. */
export function advance(cursor: Cursor): Token {
  const { token } = cursor
  cursor.token = readToken(cursor.source, token.end)
  return token
}

/** Moves behind the token if it is of this kind. */
export function accept(cursor: Cursor, kind: string): boolean {
  const isThere = cursor.token.kind === kind
  if (isThere) advance(cursor)
  return isThere
}

/** Moves behind a token that must be of this kind. */
export function expect(cursor: Cursor, kind: string): Token {
  if (cursor.token.kind === kind) return advance(cursor)
  throw unexpected(cursor, `expected ${kind === 'name' ? 'a name' : kind}, got`)
}

/** The error about a token that cannot be here. */
export function unexpected({ source, token }: Cursor, problem = 'unexpected'): ExpressionFault {
  const found = token.kind === 'end' ? 'end of the expression' : token.text
  return syntaxFaultAt(
    { source, index: token.start },
    `${problem} ${found}`,
    adviseOperator(token.text),
  )
}

/** Counts a node of the tree, before or after it is made. */
export function countNode(cursor: Cursor, index: number): void {
  cursor.nodes += 1
  if (cursor.nodes <= MAX_EXPRESSION_NODES) return
  throw exceeded(cursor, index, `has more than ${MAX_EXPRESSION_NODES} nodes`)
}

/** Reads a part one level deeper. The limit bounds the stack of the parser. */
export function nest<T>(cursor: Cursor, read: (cursor: Cursor) => T): T {
  if (cursor.depth > MAX_EXPRESSION_DEPTH) {
    const problem = `nests more than ${MAX_EXPRESSION_DEPTH} levels deep`
    throw exceeded(cursor, cursor.token.start, problem)
  }
  cursor.depth += 1
  const part = read(cursor)
  cursor.depth -= 1
  return part
}

/** The error about a limit. */
export function exceeded({ source }: Cursor, index: number, problem: string): ExpressionFault {
  return faultAt({ source, index }, problem, 'use several rules')
}
