/**
 * How every door of the verifier refuses a wrong option: at once, as `TypeError`, in a sentence
 * that begins with the option's name.
 */

export function demand(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new TypeError(`edgemint/verify: ${sentence}`)
}

/** A misspelt option would otherwise guard nothing. */
export function demandNames(
  options: unknown,
  names: Readonly<Record<string, true>>,
): asserts options is object {
  demand(typeof options === 'object' && options !== null, 'options must be an object')
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name))
  demand(unknown === undefined, `there is no option "${unknown}"`)
}
