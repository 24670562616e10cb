/** The context in which a part of an expression is checked, and helpers that all checks share. */
import { type Place, typeFaultAt } from './fault.ts'
import type { SyntaxNode } from './syntax.ts'
import { describeType, mayBe, type Type } from './types.ts'

export type Scope = {
  readonly source: string
  /** The variable of the enclosing loop. */
  readonly loop: { readonly variable: string; readonly type: Type } | undefined
  /** The type of any part. @throws {ExpressionFault} */
  readonly check: (node: SyntaxNode, scope: Scope) => Type
}

export function typeOf(node: SyntaxNode, scope: Scope): Type {
  return scope.check(node, scope)
}

/** The position of a part. For a member or a method it is the position of its name. */
export function placeOf(node: SyntaxNode, { source }: Scope): Place {
  return { source, index: node.pos }
}

export function expectBool(node: SyntaxNode, scope: Scope): void {
  const type = typeOf(node, scope)
  if (mayBe(type, 'bool')) return
  throw typeFaultAt(placeOf(node, scope), `needs true or false, not ${describeType(type)},`)
}
