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
    | { readonly op: 'literal'; readonly value: Literal }
    | { readonly op: 'name'; readonly name: string }
    | { readonly op: 'member'; readonly holder: SyntaxNode; readonly name: string }
    | { readonly op: 'index'; readonly holder: SyntaxNode; readonly key: SyntaxNode }
    | { readonly op: 'list'; readonly elements: readonly SyntaxNode[] }
    | { readonly op: 'call'; readonly name: string; readonly operands: readonly SyntaxNode[] }
    | {
        readonly op: 'method'
        readonly name: string
        readonly receiver: SyntaxNode
        readonly operands: readonly SyntaxNode[]
      }
    | {
        readonly op: 'choice'
        readonly condition: SyntaxNode
        readonly yes: SyntaxNode
        readonly no: SyntaxNode
      }
    | { readonly op: 'not' | 'minus'; readonly operand: SyntaxNode }
    | BinaryPart
  )

type BinaryPart = { readonly op: Binary; readonly left: SyntaxNode; readonly right: SyntaxNode }
/** Two operands with an operator between them. */
export type BinaryNode = Place & BinaryPart

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
  if (node.op !== 'method' || !LOOPS.has(node.name)) return undefined
  const [variable, body, ...rest] = node.operands
  if (variable?.op !== 'name' || body === undefined || rest.length > 0) return undefined
  return { kind: node.name, over: node.receiver, variable: variable.name, body }
}
