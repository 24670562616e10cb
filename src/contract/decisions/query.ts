/**
 * A question to the decision log: the filters of `GET /admin/v1/decisions`, as the admin API reads
 * them and the CLI sends them.
 */
import * as z from 'zod/mini'
import { wholeNumber } from '../text.ts'
import { DECISION_OUTCOMES } from './record.ts'

/** Records of one page. A larger page would exceed what one answer should carry. */
export const MAX_PAGE_RECORDS = 500
/** Longer than any name, subject or claim that a record has. */
const MAX_FILTER_CHARACTERS = 2048
/** Claims that one question may compare. */
const MAX_CLAIM_FILTERS = 8

const most = z.maxLength(MAX_FILTER_CHARACTERS, `has more than ${MAX_FILTER_CHARACTERS} characters`)
const text = z.string().check(z.minLength(1, 'is empty'), most)
/** Tokens have claims with an empty text, such as `head_ref` of a push. */
const value = z.string().check(most)

export const decisionFilterSchema = z.strictObject({
  /** Epoch milliseconds, inclusive. */
  from: z.optional(wholeNumber),
  /** Epoch milliseconds, exclusive. */
  to: z.optional(wholeNumber),
  rule: z.optional(text),
  issuer: z.optional(text),
  /** The `sub` of the subject token. */
  subject: z.optional(text),
  /** The `sub` of the actor token. */
  actor: z.optional(text),
  resource: z.optional(text),
  outcome: z.optional(z.enum(DECISION_OUTCOMES, `must be one of ${DECISION_OUTCOMES.join(', ')}`)),
  reason: z.optional(text),
  /** The `jti` of the issued token. */
  token_id: z.optional(text),
  /** Claims that must be equal, as text: a path with dots, or exact names. */
  claims: z.optional(
    z
      .array(z.strictObject({ path: z.array(text).check(z.minLength(1)), value }))
      .check(z.maxLength(MAX_CLAIM_FILTERS, `is given more than ${MAX_CLAIM_FILTERS} times`)),
  ),
})
export type DecisionFilter = z.infer<typeof decisionFilterSchema>

/** The place of a record in the order of pages: the newest first, then by id. */
export type DecisionPosition = { readonly at: number; readonly id: string }
