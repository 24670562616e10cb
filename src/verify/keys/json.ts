/**
 * Reads JSON that others wrote: nothing is assumed about its shape, and no name from it is looked
 * up on a prototype.
 */

export type JsonRecord = Readonly<Record<string, unknown>>

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member of its own, so that `constructor` and its kin are absent. */
export function readMember(record: JsonRecord, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
