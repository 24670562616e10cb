/** The syntax tree of an expression. `parse/` makes it from the text. */
import type { Uint } from './values.ts'

/** The index of the first character of a part, and the index that an error about it names. */
type Place = { readonly start: number; readonly pos: number }

export type Binary =
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '&&'
  | '||'

/** A text, a bool, a double, an int, null or a uint. */
export type Literal = string | boolean | number | bigint | null | Uint

export type SyntaxNode = Place &
  (
    | { readonly op: 'value'; readonly args: Literal }
    | { readonly op: 'id'; readonly args: string }
    | { readonly op: '.'; readonly args: readonly [SyntaxNode, string] }
    | { readonly op: '[]'; readonly args: readonly [SyntaxNode, SyntaxNode] }
    | { readonly op: 'call'; readonly args: readonly [string, readonly SyntaxNode[]] }
    | { readonly op: 'rcall'; readonly args: readonly [string, SyntaxNode, readonly SyntaxNode[]] }
    | { readonly op: 'list'; readonly args: readonly SyntaxNode[] }
    | { readonly op: '?:'; readonly args: readonly [SyntaxNode, SyntaxNode, SyntaxNode] }
    | { readonly op: '!_' | '-_'; readonly args: SyntaxNode }
    | { readonly op: Binary; readonly args: readonly [SyntaxNode, SyntaxNode] }
  )

/** A loop over a list or over the keys of an object. */
export type LoopNode = {
  readonly kind: string
  readonly over: SyntaxNode
  readonly variable: string
  readonly body: SyntaxNode
}

export const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one'])

/** The parts of a loop, or undefined for any other call and for a malformed loop. */
export function asLoop(node: SyntaxNode): LoopNode | undefined {
  if (node.op !== 'rcall' || !LOOPS.has(node.args[0])) return undefined
  const [kind, over, [variable, body, ...rest]] = node.args
  if (variable?.op !== 'id' || body === undefined || rest.length > 0) return undefined
  return { kind, over, variable: variable.args, body }
}
