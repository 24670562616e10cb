/**
 * The `condition` of a rule: one CEL expression for what the operators cannot express.
 * `expression/` parses, checks and evaluates it.
 */
import { MAX_EXPRESSION_CHARACTERS } from '../../../contract/limits.ts'
import type { VerifiedIdentity } from '../../evidence/identity.ts'
import type { RequestContext } from '../decide/decision-request.ts'
import { checkExpression } from './expression/check.ts'
import { evaluateExpression } from './expression/evaluate.ts'
import { ExpressionFault, findControlCharacter } from './expression/fault.ts'
import { parse } from './expression/parse/parse.ts'
import type { SyntaxNode } from './expression/syntax.ts'

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
export function compileExpression(source: string): Expression | string {
  try {
    return compile(source)
  } catch (fault) {
    if (fault instanceof ExpressionFault) return fault.message
    throw fault
  }
}

function compile(source: string): Expression | string {
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
