/**
 * The history of a trust document, as `POST /admin/v1/trust/history` takes it into an empty gateway.
 * Unknown members are refused (ADM-15).
 */
import * as z from 'zod/mini'
import { MAX_HISTORY_TEXT_CHARACTERS } from '../limits.ts'
import { boundedText, plainText, revisionMessageSchema, wholeNumber } from '../text.ts'

const revision = z.strictObject({
  revision: wholeNumber,
  digest: z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/)),
  author: plainText(MAX_HISTORY_TEXT_CHARACTERS),
  applied_at: wholeNumber,
  token_id: z.optional(plainText(MAX_HISTORY_TEXT_CHARACTERS)),
  message: z.optional(revisionMessageSchema),
  /** Whether its document was sent before. */
  kept: z.boolean(),
})

/** The last known keys of an issuer whose keys are fetched. */
const issuerKeys = z.strictObject({
  url: boundedText(MAX_HISTORY_TEXT_CHARACTERS),
  fetched_at: wholeNumber,
  sequence: z.nullable(wholeNumber),
  keys: z.array(z.record(z.string(), z.unknown())),
})

export const historySchema = z.strictObject({
  v: z.literal(1),
  /** The issuer URL of the gateway that had this history. */
  issuer: z.string(),
  exported_at: wholeNumber,
  revisions: z.array(revision).check(
    z.minLength(1),
    z.refine(
      (list) => list.every((one, index) => one.revision === index + 1),
      'must have every revision from 1 to the newest, in this order',
    ),
  ),
  issuer_keys: z.array(issuerKeys),
})

export type TrustHistory = z.infer<typeof historySchema>
