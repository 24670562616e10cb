/**
 * Checks an option and throws `TypeError` if it is wrong. The message begins with the name of the
 * option.
 */
import { isJsonObject } from '../web/json.ts'

export function demand(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new TypeError(`edgemint/verify: ${sentence}`)
}

/** Refuses unknown options. Otherwise a misspelt option would be ignored and protect nothing. */
export function demandNames(
  options: unknown,
  names: Readonly<Record<string, true>>,
): asserts options is object {
  demand(isJsonObject(options), 'options must be an object')
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name))
  demand(unknown === undefined, `unknown option "${unknown}"`)
}
