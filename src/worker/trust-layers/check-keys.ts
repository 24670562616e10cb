/**
 * Checks the keys that a layer delivers. They are authentic, but another release may have written
 * them, and a reader may lie behind.
 */
import * as z from 'zod/mini'
import { LayerError } from './layer/layer.ts'
import type { KeyAnswer, KeyDelta, KeysName, QuietAnswer } from './trust-messages.ts'

const keyListSchema = z.array(z.looseObject({ kty: z.string() }))
const versionShape = { version: z.int(), fetchedAt: z.nullable(z.int()) }
const keysSchema = z.object({
  instance: z.string(),
  keyEpoch: z.int(),
  issuers: z.array(z.object({ url: z.string(), ...versionShape, keys: z.optional(keyListSchema) })),
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

const answerSchema = z.union([
  z.object({ ...versionShape, keys: keyListSchema, quietSeconds: z.optional(z.number()) }),
  z.object({ quietSeconds: z.number() }),
])

/** Checks what a reader answered to another isolate about a missing key. Throws a `LayerError`. */
export function checkKeyAnswer(value: unknown): KeyAnswer | QuietAnswer {
  const parsed = answerSchema.safeParse(value)
  if (!parsed.success) throw new LayerError('unreadable')
  return parsed.data as KeyAnswer | QuietAnswer
}
