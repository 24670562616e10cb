/** Texts of a document that are compared: what no readable claim can hold is refused by its name. */
import type * as z from 'zod'
import { nameControlCharacter } from '../web/control-characters.ts'

/** A control character, a line separator or a lone surrogate (CLM-11, ADM-13). */
export function refuseControlCharacters(payload: z.core.ParsePayload<string>): void {
  const { value, issues } = payload
  const control = nameControlCharacter(value)
  if (control === undefined) return
  issues.push({
    code: 'custom',
    input: value,
    message: `has ${control}: remove it`,
    // One sentence is enough: other complaints about this text follow from it.
    continue: false,
  })
}
