/** Finds rules that only have another name. Otherwise each would be one removed and one added rule. */
import { isJsonObject } from '../../web/json.ts'

/** Returns the old names by the new ones. `formOf` gives equal rules one text. */
export function findRenamed(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
  formOf: (rule: unknown) => string,
): ReadonlyMap<string, string> {
  const removed = new Map<string, string[]>()
  for (const [name, rule] of before) {
    if (after.has(name) || !isJsonObject(rule)) continue
    const form = formOf(withoutName(rule))
    removed.set(form, [...(removed.get(form) ?? []), name])
  }
  if (removed.size === 0) return new Map()
  const renamed = new Map<string, string>()
  for (const [name, rule] of after) {
    if (before.has(name) || !isJsonObject(rule)) continue
    const former = removed.get(formOf(withoutName(rule)))?.shift()
    if (former !== undefined) renamed.set(name, former)
  }
  return renamed
}

function withoutName(rule: object): object {
  return { ...rule, name: undefined }
}
