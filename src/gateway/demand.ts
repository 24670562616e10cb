/**
 * Checks an option and throws `TypeError` if it is wrong. The message names the option and never
 * contains its value, because the value may be a key.
 */
import { isJsonObject } from '../web/json.ts'

export function demand(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new TypeError(`edgemint/gateway: ${sentence}`)
}

/** Refuses unknown options. Otherwise a misspelt option would be ignored and protect nothing. */
export function demandNames(
  what: string,
  value: unknown,
  names: Readonly<Record<string, true>>,
): asserts value is object {
  demand(isJsonObject(value), `${what} must be an object`)
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(names, name))
  demand(unknown === undefined, `${what} cannot have "${unknown}"`)
}
