/**
 * The error for an invalid expression: a sentence with line and column. It is thrown and caught
 * while a rule is compiled, before any caller is known.
 */

import { CONTROL_CHARACTERS, codePointOf } from '../../../../web/text/control-characters.ts'
import { MAX_FAULT_CHARACTERS } from '../../../limits.ts'

export class ExpressionFault extends Error {}

/** The position of a fault: the index of a UTF-16 unit in the source. */
export type Place = { readonly source: string; readonly index: number }

/** An error with `problem` and its position. `advice` says what to write instead. */
export function faultAt(place: Place, problem: string, advice?: string): ExpressionFault {
  const where = `${shorten(problem)} at ${describePlace(place)}`
  return new ExpressionFault(advice === undefined ? where : `${where}: ${advice}`)
}

/** Shortens a problem, because a name in it may be as long as the whole expression. */
function shorten(problem: string): string {
  return problem.length > MAX_FAULT_CHARACTERS
    ? `${problem.slice(0, MAX_FAULT_CHARACTERS)}…`
    : problem
}

/** An error about the syntax. A character that may be invisible is named by its code point. */
export function syntaxFaultAt(place: Place, problem: string, advice?: string): ExpressionFault {
  const visible = problem.replace(/[^\x20-\x7e]/gu, codePointOf)
  return faultAt(place, `is not an expression: ${visible}`, advice)
}

/** An error about types or names. */
export function typeFaultAt(place: Place, problem: string, advice?: string): ExpressionFault {
  return faultAt(place, `does not type-check: ${problem}`, advice)
}

function describePlace({ source, index }: Place): string {
  const lines = source.slice(0, index).split(/\r\n|\r|\n/)
  // Columns are counted as an editor counts them: one for each character, not for each UTF-16 unit.
  return `line ${lines.length}, column ${[...(lines.at(-1) ?? '')].length + 1}`
}

const LAYOUT = new Set(['\t', '\n', '\r'])

/** The first control character, line separator or lone surrogate, with its code point and position. */
export function findControlCharacter(source: string): ExpressionFault | undefined {
  for (const { 0: character, index } of source.matchAll(CONTROL_CHARACTERS)) {
    if (LAYOUT.has(character)) continue
    return faultAt(
      { source, index },
      `has the control character ${codePointOf(character)}`,
      'remove it',
    )
  }
  return undefined
}
