/** Values that `JSON.parse` gives: nothing is assumed about the shape of what others wrote. */

export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value is an object with names: neither null nor a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member of its own, so that `constructor` and its kin are absent. */
export function readMember(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}
