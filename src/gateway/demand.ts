/**
 * How this door refuses a wrong option: at once, as `TypeError`, in a sentence that names it and
 * never repeats a value, which may be a key.
 */

export function demand(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new TypeError(`edgemint/gateway: ${sentence}`)
}

/** A misspelt option would otherwise guard nothing. */
export function demandNames(
  what: string,
  value: unknown,
  names: Readonly<Record<string, true>>,
): asserts value is object {
  demand(typeof value === 'object' && value !== null, `${what} must be an object`)
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(names, name))
  demand(unknown === undefined, `${what} cannot have "${unknown}"`)
}
