/** Compiles one expression, and evaluates it or returns the message of the refusal. */
import { compileExpression } from '../../../../src/core/policy/language/expression.ts'

type Json = Readonly<Record<string, unknown>>

export const compile = compileExpression

/** True, false, or undefined if the result is unknown. @throws {Error} it does not compile */
export function holds(source: string, claims: Json = {}, context: Json = {}): boolean | undefined {
  const expression = compile(source)
  if (typeof expression === 'string') throw new Error(`${source}: ${expression}`)
  return expression.holds(claims, context)
}

/** The message of the refusal. @throws {Error} it compiles */
export function faultOf(source: string): string {
  const expression = compile(source)
  if (typeof expression === 'string') return expression
  throw new Error(`${source} compiles`)
}
