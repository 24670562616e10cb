/** The answers of the admin API as schemas, for the OpenAPI document and the test of real answers. */
import * as z from 'zod/mini'
import { decisionRecordSchema } from '../decisions/record.ts'
import { wholeNumber } from '../text.ts'
import { healthSchema, settingsProblemSchema } from './schemas.ts'

const time = z.int()
const text = z.string()
const texts = z.array(text)

export const documentProblemSchema = z.object({
  code: text,
  path: z.array(z.union([text, z.int()])),
  message: text,
})

export const problemSchema = z.object({
  type: text,
  title: text,
  status: z.int(),
  detail: z.optional(text),
  problems: z.optional(z.array(documentProblemSchema)),
  revision: z.optional(wholeNumber),
})

export const trustProblemsSchema = z.object({
  revision: wholeNumber,
  usable: z.boolean(),
  problems: z.array(documentProblemSchema),
})

export const revisionSummarySchema = z.object({
  revision: wholeNumber,
  digest: text,
  author: text,
  applied_at: time,
  token_id: z.optional(text),
  message: z.optional(text),
})

export const revisionPageSchema = z.object({
  revisions: z.array(z.extend(revisionSummarySchema, { kept: z.boolean() })),
  next: z.optional(wholeNumber),
})

export const activitySchema = z.object({
  step_seconds: wholeNumber,
  buckets: z.array(
    z.object({ at: time, granted: wholeNumber, denied: wholeNumber, unavailable: wholeNumber }),
  ),
})

export const historyStagedSchema = z.object({ staged: wholeNumber })

export const issuerKeysSchema = z.object({
  issuers: z.array(
    z.object({
      url: text,
      fetched_at: time,
      sequence: z.nullable(wholeNumber),
      keys: z.array(z.record(text, z.unknown())),
    }),
  ),
})

export const validationSchema = z.object({
  valid: z.boolean(),
  problems: z.array(documentProblemSchema),
})

export const revocationReportSchema = z.object({
  jti: text,
  revoked_at: time,
  expires_at: time,
})

export const coarseRevocationSchema = z.object({
  grain: text,
  id: text,
  issued_before: time,
  stops_issuing: z.boolean(),
  revoked_at: time,
  revoked_by: text,
  reason: text,
  expires_at: time,
  lifted_at: z.optional(time),
  lifted_by: z.optional(text),
  lift_reason: z.optional(text),
})

/** One token, many tokens, or a dry run. */
export const revocationAnswerSchema = z.union([
  revocationReportSchema,
  coarseRevocationSchema,
  z.object({
    dry_run: z.literal(true),
    grain: text,
    id: text,
    live_tokens: wholeNumber,
    lower_bound: z.boolean(),
    gaps: texts,
    own_token: z.boolean(),
  }),
])

export const revocationListSchema = z.object({
  revocations: z.array(coarseRevocationSchema),
  tokens: wholeNumber,
})

export const revocationExportSchema = z.object({
  v: z.literal(1),
  rows: z.array(
    z.object({
      grain: text,
      id: text,
      issued_before: z.nullable(time),
      stops_issuing: z.int(),
      expires_at: time,
      revoked_at: time,
      revoked_by: text,
      reason: z.nullable(text),
      lifted_at: z.nullable(time),
      lifted_by: z.nullable(text),
      lift_reason: z.nullable(text),
    }),
  ),
  next: z.optional(wholeNumber),
})

export const revocationImportedSchema = z.object({ stored: wholeNumber, unknown: wholeNumber })

const unusableKey = z.object({
  index: wholeNumber,
  kid: z.nullable(text),
  member: z.nullable(text),
  reason: text,
})

const uploadedKeys = z.object({
  kind: z.literal('uploaded'),
  ids: z.array(z.nullable(text)),
  ends_at: z.nullable(time),
  unusable: z.optional(z.array(unusableKey)),
})

const fetchedKeys = z.object({
  kind: z.literal('fetched'),
  state: z.enum(['fresh', 'stale', 'expired', 'absent', 'unusable']),
  ids: z.array(z.object({ kid: z.nullable(text), first_seen_at: time })),
  version: wholeNumber,
  fetched_at: z.nullable(time),
  next_fetch_at: z.nullable(time),
  failures: wholeNumber,
  last_fault: z.nullable(text),
  failed_at: z.nullable(time),
  clock_skew_seconds: z.nullable(z.number()),
  replaced_at: z.nullable(time),
  unusable: z.optional(z.array(unusableKey)),
  offered_key_host: z.optional(z.nullable(text)),
  answered_from_memory: z.optional(wholeNumber),
})

export const issuersSchema = z.object({
  issuers: z.array(
    z.object({
      name: text,
      source: z.enum(['document', 'policy']),
      url: text,
      provider: text,
      audience: text,
      keys: z.union([fetchedKeys, uploadedKeys]),
      decisions: z.object({
        granted: wholeNumber,
        denied: wholeNumber,
        since: z.nullable(time),
        state: z.optional(z.enum(['on', 'off', 'incomplete'])),
      }),
      warnings: texts,
    }),
  ),
})

export const keysSchema = z.object({
  keys: z.array(
    z.object({
      kid: text,
      alg: text,
      secret: z.optional(text),
      state: z.enum(['scheduled', 'signing', 'standby', 'retired', 'withdrawn']),
      default: z.boolean(),
      activates_at: z.nullable(time),
      retires_at: z.nullable(time),
      published_until: z.nullable(time),
    }),
  ),
  problems: z.array(settingsProblemSchema),
  warnings: texts,
})

export const adminHealthSchema = z.object({
  release: text,
  revision: z.nullable(wholeNumber),
  ...healthSchema.shape,
  warnings: texts,
})

export const postureSchema = z.object({
  at: time,
  revision: wholeNumber,
  unused_days: wholeNumber,
  findings: z.array(
    z.object({
      id: text,
      severity: z.enum(['error', 'warn', 'info']),
      subject: z.object({
        kind: z.enum(['rule', 'resource', 'issuer', 'owner', 'key', 'gateway']),
        name: text,
      }),
      path: z.optional(z.array(z.union([text, z.int()]))),
      message: text,
      fix: text,
      narrower: z.optional(z.record(z.string(), z.unknown())),
    }),
  ),
  mapping: z.record(
    z.string(),
    z.object({ owasp_nhi: texts, sp_800_207: z.array(z.int()), csf: texts }),
  ),
  usage: z.object({
    state: z.enum(['on', 'off', 'partial']),
    since: z.nullable(time),
    rights: z.array(
      z.object({
        rule: text,
        resource: text,
        scope: text,
        granted: wholeNumber,
        last_at: time,
        outlived_seconds: z.nullable(z.int()),
      }),
    ),
  }),
})

const sentences = z.array(z.object({ rule: text, sentence: text }))
/** As `decision` of `edgemint explain --json`. */
const evaluation = z.record(z.string(), z.unknown())

export const explainAnswerSchema = z.object({
  outcome: z.enum(['granted', 'denied']),
  verified: z.literal(false),
  source: z.enum(['document', 'policy']),
  revision: z.optional(wholeNumber),
  at: time,
  summary: text,
  rules: sentences,
  rules_omitted: z.optional(wholeNumber),
  nearest_miss: z.optional(text),
  evaluation,
})

export const decisionPageSchema = z.object({
  decisions: z.array(decisionRecordSchema),
  from: time,
  to: time,
  complete: z.boolean(),
  purged_to: z.optional(time),
  damaged_to: z.optional(time),
  next: z.optional(text),
})

export const decisionAnswerSchema = z.object({
  decision: decisionRecordSchema,
  explanation: z.object({
    status: z.enum(['complete', 'partial', 'none']),
    note: z.optional(text),
    source: z.optional(z.enum(['document', 'policy'])),
    revision: z.optional(wholeNumber),
    agrees: z.optional(z.boolean()),
    summary: z.optional(text),
    rules: z.optional(sentences),
    rules_omitted: z.optional(wholeNumber),
    nearest_miss: z.optional(text),
    evaluation: z.optional(evaluation),
  }),
})
