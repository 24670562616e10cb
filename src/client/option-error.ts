/** The error for a wrong option, and checks of options that throw it. */
import { isJsonObject } from '../web/json.ts'

/**
 * A `TypeError` about an option of the caller. The command line and the action use this class to
 * distinguish a wrong input from a `TypeError` that is a bug. The message names the option and never
 * contains its value.
 */
export class OptionError extends TypeError {}

export function demand(holds: unknown, sentence: string): asserts holds {
  if (!holds) throw new OptionError(sentence)
}

/** Refuses unknown options. Otherwise a misspelt `scopes` would request all scopes of the rule. */
export function demandNames(
  options: unknown,
  names: Readonly<Record<string, true>>,
): asserts options is object {
  demand(isJsonObject(options), 'options must be an object')
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name))
  demand(unknown === undefined, `unknown option "${unknown}"`)
}

/** Checks an option that may be absent. */
export function demandFunction(name: string, value: unknown): void {
  demand(value === undefined || typeof value === 'function', `${name} must be a function`)
}
