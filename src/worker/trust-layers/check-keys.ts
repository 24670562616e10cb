/**
 * Checks the keys that a layer delivers. They are authentic, but another release may have written
 * them, and a reader may lie behind.
 */
import * as z from 'zod/mini'
import { LayerError } from './layer.ts'
import type { KeyDelta, KeysName } from './trust-messages.ts'

const keysSchema = z.object({
  instance: z.string(),
  keyEpoch: z.int(),
  issuers: z.array(
    z.object({
      url: z.string(),
      version: z.int(),
      fetchedAt: z.nullable(z.int()),
      keys: z.optional(z.array(z.looseObject({ kty: z.string() }))),
    }),
  ),
  removed: z.array(z.string()),
  present: z.optional(z.array(z.string())),
})

/** Throws a `LayerError`. */
export function checkKeys(value: unknown, { known, instance }: KeysName): KeyDelta {
  const parsed = keysSchema.safeParse(value)
  if (!parsed.success) throw new LayerError('unreadable')
  if (parsed.data.instance !== instance || parsed.data.keyEpoch < known) {
    throw new LayerError('behind')
  }
  // The store has checked each key before it stored it.
  return parsed.data as KeyDelta
}
