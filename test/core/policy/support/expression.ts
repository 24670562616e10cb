/** One expression at a time: what it says of claims, or why it does not compile. */
import { createExpressionCompiler } from '../../../../src/core/policy/language/expression.ts'

type Json = Readonly<Record<string, unknown>>

export const compile = createExpressionCompiler()

/** True, false, or undefined where it cannot be told. @throws {Error} it does not compile */
export function holds(source: string, claims: Json = {}, context: Json = {}): boolean | undefined {
  const expression = compile(source)
  if (typeof expression === 'string') throw new Error(`${source}: ${expression}`)
  return expression.holds(claims, context)
}

/** The sentence it is refused with. @throws {Error} it compiles */
export function faultOf(source: string): string {
  const expression = compile(source)
  if (typeof expression === 'string') return expression
  throw new Error(`${source} compiles`)
}
