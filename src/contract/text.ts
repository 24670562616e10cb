/** Texts of a document that are compared: what no readable claim can hold is refused by its name. */
import type * as z from 'zod'
import { nameControlCharacter } from '../web/control-characters.ts'

/**
 * Refuses control characters, line separators and lone surrogates. No readable claim holds one
 * (CLM-11), and a terminal or a log would act on it (ADM-13).
 */
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
