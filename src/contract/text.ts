/** What the schemas of this folder share: descriptions, and characters that no readable claim holds. */
import { en } from 'zod/locales'
import * as z from 'zod/mini'
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

/** For `safeParse`: `zod/mini` has no texts of its own for what a schema says no sentence of. */
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
