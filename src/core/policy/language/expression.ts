/**
 * The `condition` of a rule: one CEL expression for what the operators cannot express. A library
 * parses it. Names, types, functions and evaluation are implemented in `expression/`, because the
 * library's evaluation takes the type of a list from its first element, lets ints overflow, folds
 * case beyond ASCII, and does not let us remove its built-in names.
 */
import { MAX_EXPRESSION_CHARACTERS } from '../../../contract/limits.ts'
import type { VerifiedIdentity } from '../../evidence/identity.ts'
import type { RequestContext } from '../decide/decision-request.ts'
import { checkExpression } from './expression/check.ts'
import { evaluateExpression } from './expression/evaluate.ts'
import { ExpressionFault, findControlCharacter } from './expression/fault.ts'
import { createParser, type Parser, type SyntaxNode } from './expression/syntax.ts'

export {
  type ClaimComparison,
  describeExpression,
  type ExpressionReading,
} from './expression/describe.ts'

type Claims = VerifiedIdentity['claims']

export type Expression = {
  readonly source: string
  /** For `describeExpression`. */
  readonly tree: SyntaxNode
  /**
   * Undefined: the result is unknown, because a value that it reads is absent or has another type.
   */
  readonly holds: (claims: Claims, context: RequestContext) => boolean | undefined
}

/** The compiled expression, or a sentence that says what is wrong. */
export type CompileExpression = (source: string) => Expression | string

/** The parser is created for the first expression, because most documents have none. */
export function createExpressionCompiler(): CompileExpression {
  let parse: Parser | undefined
  return (source) => {
    try {
      parse ??= createParser()
      return compileExpression(source, parse)
    } catch (fault) {
      if (fault instanceof ExpressionFault) return fault.message
      throw fault
    }
  }
}

function compileExpression(source: string, parse: Parser): Expression | string {
  if (source.length > MAX_EXPRESSION_CHARACTERS) {
    return `has more than ${MAX_EXPRESSION_CHARACTERS} characters: use several rules`
  }
  const control = findControlCharacter(source)
  if (control !== undefined) throw control
  const tree = parse(source)
  checkExpression(tree, source)
  return Object.freeze({
    source,
    tree,
    holds: (claims: Claims, context: RequestContext) =>
      evaluateExpression(tree, claims, asRequest(context)),
  })
}

/** The autonomous system number is an int, because it does not come from JSON. */
function asRequest(context: RequestContext): Readonly<Record<string, unknown>> {
  const { asn, ...rest } = context
  return asn === undefined ? rest : { ...rest, asn: BigInt(asn) }
}
