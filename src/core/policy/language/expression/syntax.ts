/**
 * Parses an expression into a syntax tree. A library parses, with our limits. Its variables,
 * functions and evaluation are not used. This file rewrites its error messages.
 */
import { Environment, ParseError } from '@marcbachmann/cel-js'
import { MAX_VALUES_PER_CONDITION } from '../../../../contract/limits.ts'
import { codePointOf } from '../../../../web/text/control-characters.ts'
import { MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_NODES } from '../../../limits.ts'
import { type ExpressionFault, faultAt } from './fault.ts'

type Place = { readonly pos: number; readonly end: number }
type Binary =
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

/** The parts of the library's syntax tree that we read. */
export type SyntaxNode = Place &
  (
    | { readonly op: 'value'; readonly args: unknown }
    | { readonly op: 'id'; readonly args: string }
    | { readonly op: '.'; readonly args: readonly [SyntaxNode, string] }
    | { readonly op: '[]'; readonly args: readonly [SyntaxNode, SyntaxNode] }
    | { readonly op: 'call'; readonly args: readonly [string, readonly SyntaxNode[]] }
    | { readonly op: 'rcall'; readonly args: readonly [string, SyntaxNode, readonly SyntaxNode[]] }
    | { readonly op: 'list'; readonly args: readonly SyntaxNode[] }
    | { readonly op: 'map'; readonly args: unknown }
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

const LIMITS = {
  maxAstNodes: MAX_EXPRESSION_NODES,
  maxDepth: MAX_EXPRESSION_DEPTH,
  maxListElements: MAX_VALUES_PER_CONDITION,
  // The library's functions are not used. The check refuses unknown functions with its own message.
  maxMapEntries: MAX_VALUES_PER_CONDITION,
  maxCallArguments: MAX_VALUES_PER_CONDITION,
}
const LIMIT_NAMES: Readonly<Record<string, string>> = {
  maxAstNodes: `has more than ${MAX_EXPRESSION_NODES} nodes`,
  maxDepth: `nests more than ${MAX_EXPRESSION_DEPTH} levels deep`,
  maxListElements: `has a list of more than ${MAX_VALUES_PER_CONDITION} values`,
}

export type Parser = (source: string) => SyntaxNode

/** @throws {ExpressionFault} */
export function createParser(): Parser {
  const environment = new Environment({ limits: LIMITS })
  return (source) => {
    try {
      // The library documents the shape of the tree. The check refuses nodes that are not in the
      // type.
      return environment.parse(source).ast as unknown as SyntaxNode
    } catch (error) {
      throw explain(error, source)
    }
  }
}

export const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one'])

/** The parts of a loop, or undefined for any other call and for a malformed loop. */
export function asLoop(node: SyntaxNode): LoopNode | undefined {
  if (node.op !== 'rcall' || !LOOPS.has(node.args[0])) return undefined
  const [kind, over, [variable, body, ...rest]] = node.args
  if (variable?.op !== 'id' || body === undefined || rest.length > 0) return undefined
  return { kind, over, variable: variable.args, body }
}

function explain(error: unknown, source: string): ExpressionFault {
  if (!(error instanceof ParseError)) {
    // The library has no depth limit for a row of operators such as !!!!!, which overflows the
    // stack.
    const problem = error instanceof RangeError ? LIMIT_NAMES.maxDepth : undefined
    return faultAt({ source, index: 0 }, problem ?? 'is not an expression')
  }
  const index = error.range?.start ?? 0
  const [, limit] = /^Exceeded (\w+)/.exec(error.summary) ?? []
  const exceeded = limit === undefined ? undefined : LIMIT_NAMES[limit]
  if (exceeded !== undefined) return faultAt({ source, index }, exceeded, 'use several rules')
  const [problem, advice] = nameProblem(error, source, index)
  return faultAt({ source, index }, `is not an expression: ${problem}`, advice)
}

/** Descriptions of what the library's parser can expect. */
const EXPECTED: Readonly<Record<string, string>> = {
  IDENTIFIER: 'a name',
  RPAREN: ')',
  RBRACKET: ']',
  RBRACE: '}',
  COLON: ':',
}
/** Operators of other languages, with what to write instead. */
const CEL_WORDS: Readonly<Record<string, string>> = { '=': '==', and: '&&', or: '||', '&': '&&' }

function nameProblem(
  error: ParseError,
  source: string,
  index: number,
): readonly [problem: string, advice?: string] {
  const visible = (text: string) => text.replace(/[^\x20-\x7e]/gu, codePointOf)
  if (error.code === 'unexpected_character') {
    const [found = ''] = /^(?:\w+|.)/su.exec(source.slice(index)) ?? []
    if (!/^[\x21-\x7e]+$/.test(found)) return [`unexpected character ${visible(found)}`]
    if (!Object.hasOwn(CEL_WORDS, found)) return [`unexpected ${found}`]
    return [`unexpected ${found}`, `CEL writes ${CEL_WORDS[found]}`]
  }
  if (error.code === 'invalid_macro_argument') return ['the variable of a loop must be a name']
  const token = source.slice(index, error.range?.end)
  const found = token === '' ? 'end of the expression' : visible(token)
  if (error.code === 'unexpected_token') return [`unexpected ${found}`]
  const [, expected] = /^Expected ([A-Z]+),/.exec(error.summary) ?? []
  if (expected !== undefined) return [`expected ${EXPECTED[expected] ?? expected}, got ${found}`]
  const { summary } = error
  return [visible(summary.charAt(0).toLowerCase() + summary.slice(1))]
}
