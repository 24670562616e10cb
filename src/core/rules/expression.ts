/**
 * `condition:` of a rule: one CEL expression for what the operators cannot say. The interpreter is
 * a library's and makes no code; what it may be asked is bounded here, before it runs: a short list
 * of functions, no regular expressions, no loops within loops, few nodes. So an expression costs
 * nodes times elements of one list; comparing two lists within a loop costs that per comparison.
 */
import { Environment } from '@marcbachmann/cel-js'
import {
  MAX_EXPRESSION_DEPTH,
  MAX_EXPRESSION_NODES,
  MAX_LIST_ELEMENTS,
  MAX_VALUES_PER_CONDITION,
} from '../limits.ts'
import { readElement, type VerifiedIdentity } from '../subject/identity.ts'
import type { RequestContext } from './decision-request.ts'

type Claims = VerifiedIdentity['claims']

export type Expression = {
  readonly source: string
  /** Undefined: it cannot be told, because something that it reads is absent or of another type. */
  readonly holds: (claims: Claims, context: RequestContext) => boolean | undefined
}

/** The expression, or a sentence that says what is wrong with it. */
export type CompileExpression = (source: string) => Expression | string

const FUNCTIONS = new Set('has size startsWith endsWith contains lowerAscii int double'.split(' '))
/** They walk a list: one may not stand in another. */
const LOOPS = new Set('all exists exists_one'.split(' '))

/** The environment is made when the first expression asks for it: most documents have none. */
export function createExpressionCompiler(): CompileExpression {
  let environment: Environment | undefined
  return (source) => {
    environment ??= createEnvironment()
    return compileExpression(source, environment)
  }
}

function createEnvironment(): Environment {
  return new Environment({
    limits: {
      maxAstNodes: MAX_EXPRESSION_NODES,
      maxDepth: MAX_EXPRESSION_DEPTH,
      maxListElements: MAX_VALUES_PER_CONDITION,
      maxMapEntries: 0,
      maxCallArguments: 2,
    },
  })
    .registerVariable('claims', 'map')
    .registerVariable({
      name: 'request',
      schema: { country: 'string', asn: 'int', ip: 'string', tls: 'string' },
    })
}

function compileExpression(source: string, environment: Environment): Expression | string {
  let parsed: ReturnType<Environment['parse']>
  try {
    parsed = environment.parse(source)
  } catch (error) {
    return `is not an expression: ${firstLine(error)}`
  }
  const fault = findFault(parsed.ast, false)
  if (fault !== undefined) return fault
  const checked = parsed.check()
  if (!checked.valid) return `does not type-check: ${firstLine(checked.error)}`
  if (checked.type !== 'bool') return 'must be true or false: compare the value with something'
  return Object.freeze({
    source,
    holds: (claims: Claims, context: RequestContext) => {
      try {
        const outcome: unknown = parsed({ claims: readable(claims), request: asRequest(context) })
        return typeof outcome === 'boolean' ? outcome : undefined
      } catch {
        return undefined
      }
    },
  })
}

/** Only the library's own words reach the author, and only the first line of them. */
function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}

/** The library's syntax tree, as far as it is read here. */
type AstNode = { readonly op: string; readonly args: unknown }

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'op')
}

function findFault(node: unknown, isInLoop: boolean): string | undefined {
  if (Array.isArray(node)) {
    for (const member of node) {
      const fault = findFault(member, isInLoop)
      if (fault !== undefined) return fault
    }
    return undefined
  }
  if (!isNode(node)) return undefined
  if (node.op !== 'call' && node.op !== 'rcall') return findFault(node.args, isInLoop)
  const name = Array.isArray(node.args) ? String(node.args[0]) : ''
  if (LOOPS.has(name)) {
    if (isInLoop) return `has ${name} within another loop: that could cost too much`
    return findFault(node.args, true)
  }
  if (FUNCTIONS.has(name)) return findFault(node.args, isInLoop)
  if (name === 'matches') {
    return 'uses matches: there are no regular expressions; use a glob, startsWith or endsWith'
  }
  return `uses ${name}: only ${[...FUNCTIONS, ...LOOPS].join(', ')} can be called`
}

/** Claims as conditions see them: what is empty is not there (RULE-02). */
function readable(claims: Claims): Readonly<Record<string, unknown>> {
  const members: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries(claims)) {
    if (isEmpty(value)) continue
    const kept = readableValue(value)
    // An expression that looks at it cannot be told, one that does not is decided (CLM-11, CLM-13).
    const get = () => {
      throw new Error('a claim that cannot be read')
    }
    const member = kept === undefined ? { get } : { value: kept }
    Object.defineProperty(members, name, { ...member, enumerable: true })
  }
  return members
}

const isEmpty = (value: unknown) => value === null || value === ''

/** Undefined: it is there and cannot be read; for a list, not all of it can be. */
function readableValue(value: unknown): unknown {
  if (Array.isArray(value)) {
    // A list cut short would change what `all` says of it.
    if (value.length > MAX_LIST_ELEMENTS) return undefined
    const elements = value.filter((element) => !isEmpty(element)).map(readableValue)
    return elements.includes(undefined) ? undefined : elements
  }
  if (typeof value === 'object' && value !== null) return readable(value as Claims)
  return readElement(value)
}

function asRequest(context: RequestContext): Readonly<Record<string, unknown>> {
  const { asn, ...rest } = context
  return asn === undefined ? rest : { ...rest, asn: BigInt(asn) }
}
