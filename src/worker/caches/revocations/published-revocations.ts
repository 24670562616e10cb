/**
 * Parses what the revocation log publishes, from KV or from the log itself. A value of another
 * version or with a grain of a newer release is not used: ignoring a part of it could accept a
 * revoked token.
 */
import * as z from 'zod/mini'
import {
  COARSE_GRAINS,
  type PublishedRevocations,
  type RevocationPointer,
} from '../../../protocol/revocations.ts'
import { REVOCATION_PUBLISHED_MAX } from '../../limits.ts'

export type Published = RevocationPointer | PublishedRevocations

const shared = {
  sequence: z.int().check(z.minimum(0)),
  published_at: z.number(),
  before: z.array(
    z.object({
      grain: z.enum(COARSE_GRAINS),
      id: z.string(),
      before: z.number(),
      expires_at: z.number(),
      stops: z.optional(z.literal(true)),
    }),
  ),
}

const segments = z.array(
  z.object({
    digest: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
    count: z.int().check(z.minimum(1)),
  }),
)

const publishedSchema = z.union([
  z.object({
    v: z.literal(2),
    ...shared,
    // A newer log may publish more than this isolate has memory for.
    segments: segments.check(
      z.refine(
        (list) => list.reduce((sum, { count }) => sum + count, 0) <= REVOCATION_PUBLISHED_MAX,
      ),
    ),
    recent: z.string(),
  }),
  z.object({ v: z.literal(1), ...shared, tokens: z.record(z.string(), z.number()) }),
])

/** Undefined if the form is unknown. */
export function parsePublished(text: string): Published | undefined {
  try {
    return checkPublished(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Undefined if the form is unknown. The log may run another release than this isolate. */
export function checkPublished(value: unknown): Published | undefined {
  const parsed = publishedSchema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}
