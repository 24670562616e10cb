/**
 * A question to the decision log: the filters of `GET /admin/v1/decisions`, as the admin API reads
 * them and the CLI sends them.
 */
import { z } from 'zod'
import { DECISION_OUTCOMES } from './record.ts'

/** Records of one page. A larger page would exceed what one answer should carry. */
export const MAX_PAGE_RECORDS = 500
export const DEFAULT_PAGE_RECORDS = 100
/** Longer than any name, subject or claim that a record has. */
const MAX_FILTER_CHARACTERS = 2048
/** Claims that one question may compare. */
const MAX_CLAIM_FILTERS = 8

const text = z.string().min(1).max(MAX_FILTER_CHARACTERS)

export const decisionFilterSchema = z.strictObject({
  /** Epoch milliseconds, inclusive. */
  from: z.number().int().nonnegative().optional(),
  /** Epoch milliseconds, exclusive. */
  to: z.number().int().nonnegative().optional(),
  rule: text.optional(),
  issuer: text.optional(),
  /** The `sub` of the subject token. */
  subject: text.optional(),
  resource: text.optional(),
  outcome: z.enum(DECISION_OUTCOMES).optional(),
  reason: text.optional(),
  /** The `jti` of the issued token. */
  token_id: text.optional(),
  /** Claims that must be equal, as text: a path with dots, or exact names. */
  claims: z
    .array(
      z.strictObject({ path: z.array(text).min(1), value: z.string().max(MAX_FILTER_CHARACTERS) }),
    )
    .max(MAX_CLAIM_FILTERS)
    .optional(),
})
export type DecisionFilter = z.infer<typeof decisionFilterSchema>

/** The place of a record in the order of pages: the newest first, then by id. */
export type DecisionPosition = { readonly at: number; readonly id: string }
