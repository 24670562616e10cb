/**
 * The record of one decision, as the decision log keeps it and the admin API returns it. It has ids
 * and names of the deployment, facts of the verified subject token, and the claims that
 * `DECISION_CLAIMS` allows. It never has a token or a key.
 */
import { z } from 'zod'

/** The version of a record. A reader refuses a record with another one. */
export const RECORD_VERSION = 1

/** A granted token, a refusal with a reason, or an outage of a part that the decision needs. */
export const DECISION_OUTCOMES = ['granted', 'denied', 'unavailable'] as const
export type DecisionOutcome = (typeof DECISION_OUTCOMES)[number]

const facts = z.record(z.string(), z.unknown())

const considered = z.object({
  rule: z.string(),
  outcome: z.string(),
  /** The claim of the first condition that failed, as the rule spells it. */
  claim: z.string().optional(),
})

/** What the caller asked for. It is text of a request, not yet allowed by anything. */
const asked = z.object({
  resource: z.string().optional(),
  scopes: z.array(z.string()).optional(),
  rule: z.string().optional(),
  lifetime_seconds: z.number().optional(),
})

export const decisionRecordSchema = z.object({
  v: z.literal(RECORD_VERSION),
  /** `dec_` and 22 characters. It names the shard and the time. */
  id: z.string(),
  /** Epoch milliseconds, the same as in the id. */
  at: z.number(),
  outcome: z.enum(DECISION_OUTCOMES),
  /** For a denial. The values are in docs/errors.md. */
  reason: z.string().optional(),
  /** The parameter, claim, template or limit at fault, by name. */
  fault: z.string().optional(),
  facts: facts.optional(),
  /** The template that did not render. */
  template: facts.optional(),
  /** The part that was unavailable. */
  part: z.string().optional(),
  grant_type: z.string().optional(),
  /** The start of the SHA-256 of the `client_id` that the caller gave. It is not verified. */
  client_hint: z.string().optional(),
  /** The name of the issuer in the trust document. */
  issuer: z.string().optional(),
  /** The members from here to `claims` come from the subject token, after its verification. */
  issuer_url: z.string().optional(),
  subject: z.string().optional(),
  subject_token_id: z.string().optional(),
  /** Epoch seconds. */
  subject_token_expires_at: z.number().optional(),
  /** The recorded claims, nested as in the token. */
  claims: facts.optional(),
  /** The recorded claims were too large and are left out. */
  claims_omitted: z.literal(true).optional(),
  asked: asked.optional(),
  resource: z.string().optional(),
  rule: z.string().optional(),
  /** The revision of the trust document that decided. */
  revision: z.number().optional(),
  scopes: z.array(z.string()).optional(),
  /** The `jti` of the issued token. */
  token_id: z.string().optional(),
  key_id: z.string().optional(),
  /** Epoch seconds. */
  expires_at: z.number().optional(),
  /** The `sub` of the issued token. */
  issued_subject: z.string().optional(),
  /** For a denial: rules that were looked at. */
  considered: z.array(considered).optional(),
  /** Rules in `mode: observe` that matched. */
  observed: z.array(z.string()).optional(),
})

export type DecisionRecord = z.infer<typeof decisionRecordSchema>

/**
 * Parses the JSON text of a record. Members that a later release adds are dropped. Returns undefined
 * if the text is no record of this version.
 */
export function parseRecord(text: string): DecisionRecord | undefined {
  try {
    const parsed = decisionRecordSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
