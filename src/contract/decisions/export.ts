/**
 * The export of a shard of the decision log: NDJSON with one header, then batches, each a batch line
 * followed by the lines of its records and a line with the head of the chain. One line stands for
 * batches that the shard cannot read. A checkpoint follows the batch that it covers, or the header if it
 * covers the batch before. docs/audit-format.md describes it for other programs.
 */
import * as z from 'zod/mini'
import { wholeNumber } from '../text.ts'

/** The version of the format. A reader refuses another one. */
export const EXPORT_VERSION = 1

const head = z.string().check(z.regex(/^[0-9a-f]{64}$/))

/** The first line: where the chain continues. */
export const exportHeaderSchema = z.strictObject({
  type: z.literal('edgemint-decisions'),
  v: z.literal(EXPORT_VERSION),
  /** The issuer URL of the gateway. */
  iss: z.string(),
  shard: wholeNumber,
  /** The sequence and the head of the last batch before this export; 0 at the start of the chain. */
  after: wholeNumber,
  previous: head,
})
export type ExportHeader = z.infer<typeof exportHeaderSchema>

export const batchLineSchema = z.strictObject({
  type: z.literal('batch'),
  sequence: z.int().check(z.positive()),
  time: wholeNumber,
  count: z.int().check(z.positive()),
})

/** The line after the records of a batch. It is not hashed. It only helps to name a changed batch. */
export const headLineSchema = z.strictObject({ type: z.literal('head'), head })

/**
 * Stands for batches that the shard cannot read: the last one, how many records they have, and the head
 * after them, which the shard stored apart.
 */
export const missingLineSchema = z.strictObject({
  type: z.literal('missing'),
  sequence: z.int().check(z.positive()),
  count: wholeNumber,
  head,
})
export type MissingLine = z.infer<typeof missingLineSchema>

export const checkpointLineSchema = z.strictObject({
  type: z.literal('checkpoint'),
  jwt: z.string(),
})

/** The claims of a checkpoint: the head of a chain at a moment, signed by the gateway. */
export const checkpointClaimsSchema = z.object({
  iss: z.string(),
  /** Epoch seconds. */
  iat: wholeNumber,
  shard: wholeNumber,
  sequence: wholeNumber,
  head,
})
export type CheckpointClaims = z.infer<typeof checkpointClaimsSchema>
