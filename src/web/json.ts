/** Reads values from `JSON.parse` without assumptions about their shape. */

export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object, and neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads an own member, so that inherited names such as `constructor` are absent. */
export function readMember(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** Reads the value at a path of own members. Undefined if a part is absent or no object. */
export function readPath(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const name of path) {
    if (!isJsonObject(found)) return undefined
    found = readMember(found, name)
  }
  return found
}
