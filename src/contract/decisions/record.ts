/**
 * The record of one decision, as the decision log keeps it and the admin API returns it. It has ids
 * and names of the deployment, facts of the verified subject token, and the claims that
 * `DECISION_CLAIMS` allows. It never has a token or a key.
 */
import * as z from 'zod/mini'

/** The version of a record. A reader refuses a record with another one. */
export const RECORD_VERSION = 1

/** A granted token, a refusal with a reason, or an outage of a part that the decision needs. */
export const DECISION_OUTCOMES = ['granted', 'denied', 'unavailable'] as const

const facts = z.record(z.string(), z.unknown())

const considered = z.object({
  rule: z.string(),
  outcome: z.string(),
  /** The claim of the first condition that failed, as the rule spells it. */
  claim: z.optional(z.string()),
})

/**
 * What the caller asked for, as far as the trust document has it. Other text of a request is never
 * kept, because it may be a token in the wrong parameter.
 */
const asked = z.object({
  resource: z.optional(z.string()),
  scopes: z.optional(z.array(z.string())),
  /** The only scopes that the assertion allows, if it has such a limit. */
  scopes_within: z.optional(z.array(z.string())),
  rule: z.optional(z.string()),
  lifetime_seconds: z.optional(z.number()),
  /** Members with a value that the trust document does not have, or that was not compared with it. */
  unknown: z.optional(z.array(z.enum(['resource', 'scopes', 'rule']))),
})

/** What the platform reported about the connection. Rules with a `condition` can read it. */
const connection = z.object({
  country: z.optional(z.string()),
  asn: z.optional(z.number()),
  /** Only with `DECISION_CLAIMS=all`, because an address can belong to a person. */
  ip: z.optional(z.string()),
  tls: z.optional(z.string()),
})

/** Who acted for the subject: facts of the verified actor token. */
const actor = z.object({
  /** The name of its issuer in the trust document. */
  issuer: z.string(),
  issuer_url: z.string(),
  subject: z.string(),
  token_id: z.optional(z.string()),
  /** Epoch seconds. */
  token_expires_at: z.number(),
})

/** How many tokens the job got by the rule, and the claim that names the job. */
const budget = z.object({
  per: z.string(),
  grants: z.number(),
  used: z.number(),
  /** The first excess of the job sends an alert. */
  excess: z.optional(z.enum(['first', 'repeated'])),
})

/** What the issued token is bound to. Absent if anyone who has the token can use it. */
const binding = z.object({
  kind: z.enum(['dpop', 'mtls']),
  /** `jkt` of the key, or `x5t#S256` of the certificate. */
  thumbprint: z.string(),
})

export const decisionRecordSchema = z.object({
  v: z.literal(RECORD_VERSION),
  /** `dec_` and 22 characters. It names the shard and the time. */
  id: z.string(),
  /** Epoch milliseconds, the same as in the id. */
  at: z.number(),
  outcome: z.enum(DECISION_OUTCOMES),
  /** For a denial. The values are in docs/errors.md. */
  reason: z.optional(z.string()),
  /** The parameter, claim, template or limit at fault, by name. */
  fault: z.optional(z.string()),
  facts: z.optional(facts),
  /** The template that did not render. */
  template: z.optional(facts),
  /** The part that was unavailable. */
  part: z.optional(z.string()),
  /**
   * From the request to the decision. The clock of Workers advances only while a request waits, so
   * this leaves out time of computing there.
   */
  duration_milliseconds: z.optional(z.number()),
  grant_type: z.optional(z.string()),
  /** The start of the SHA-256 of the `client_id` that the caller gave. It is not verified. */
  client_hint: z.optional(z.string()),
  /** The name of the issuer in the trust document. */
  issuer: z.optional(z.string()),
  /** The members from here to `claims` come from the subject token, after its verification. */
  issuer_url: z.optional(z.string()),
  subject: z.optional(z.string()),
  subject_token_id: z.optional(z.string()),
  /** Epoch seconds. */
  subject_token_expires_at: z.optional(z.number()),
  /** The recorded claims, nested as in the token. */
  claims: z.optional(facts),
  /** `claims` has every claim of the token. Otherwise, an absent claim may be one that is not kept. */
  all_claims: z.optional(z.literal(true)),
  actor: z.optional(actor),
  /** The recorded claims of the actor token. With `all_claims`, all of them. */
  actor_claims: z.optional(facts),
  connection: z.optional(connection),
  asked: z.optional(asked),
  resource: z.optional(z.string()),
  rule: z.optional(z.string()),
  /** The revision of the trust document that decided. */
  revision: z.optional(z.number()),
  scopes: z.optional(z.array(z.string())),
  /** The `jti` of the token of this gateway that was exchanged for a narrower one. */
  parent_token_id: z.optional(z.string()),
  /** The `jti` of the issued token. */
  token_id: z.optional(z.string()),
  key_id: z.optional(z.string()),
  /** Epoch seconds. */
  expires_at: z.optional(z.number()),
  /** The `sub` of the issued token. */
  issued_subject: z.optional(z.string()),
  /** For a denial: rules that were looked at. */
  considered: z.optional(z.array(considered)),
  /** Rules in `mode: observe` that matched. */
  observed: z.optional(z.array(z.string())),
  /** If the rule has a budget. `excess`: the token is beyond it. */
  budget: z.optional(budget),
  binding: z.optional(binding),
  /** Members that are left out, because the record would be too large. */
  omitted: z.optional(z.array(z.string())),
})

export type DecisionRecord = z.infer<typeof decisionRecordSchema>

/** Every record begins with its version and its id, so that the id can be read without the parser. */
const START = `{"v":${RECORD_VERSION},"id":"`
const ID_CHARACTERS = 26

/** Returns the id in the JSON text of a record; undefined if the text does not begin like one. */
export function readLineId(line: string): string | undefined {
  const end = START.length + ID_CHARACTERS
  if (!line.startsWith(START) || line[end] !== '"') return undefined
  return line.slice(START.length, end)
}

/**
 * Reads the JSON text of a record that this gateway wrote. It checks only the members that say what
 * the text is, because a question reads thousands of records. Undefined for any other text.
 */
export function readRecord(text: string): DecisionRecord | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isKnownRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Whether a value is a record of this version that a gateway wrote. */
export function isKnownRecord(value: unknown): value is DecisionRecord {
  if (typeof value !== 'object' || value === null) return false
  const { v, id, at } = value as Partial<DecisionRecord>
  return v === RECORD_VERSION && typeof id === 'string' && typeof at === 'number'
}
