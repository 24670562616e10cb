/** Helpers for the schemas of this folder: descriptions, and the check for control characters. */
import { en } from 'zod/locales'
import * as z from 'zod/mini'
import { nameControlCharacter } from '../web/text/control-characters.ts'

/**
 * Refuses control characters, line separators and lone surrogates. No readable claim contains one
 * (CLM-11), and a terminal or a log could interpret it (ADM-13).
 */
export function refuseControlCharacters(payload: z.core.ParsePayload<string>): void {
  const { value, issues } = payload
  const control = nameControlCharacter(value)
  if (control === undefined) return
  issues.push({
    code: 'custom',
    input: value,
    message: `has ${control}: remove it`,
    // Other problems of this text would follow from this one, so only this one is reported.
    continue: false,
  })
}

/** For `safeParse`: `zod/mini` has no messages of its own, so these are used by default. */
export const IN_ENGLISH = { error: en().localeError }

/** The same schema with a description, which goes into the JSON Schema. */
export function describe<Schema extends z.ZodMiniType>(
  schema: Schema,
  description: string,
  more: Readonly<Record<string, unknown>> = {},
): Schema {
  const described = schema.clone()
  z.globalRegistry.add(described, { description, ...more })
  return described
}
