/**
 * Which members an answer must have, with the type of each, so that a page can show it. A proxy in
 * front of the gateway can answer 200 with any other JSON.
 */
import type {
  AdminHealth,
  CoarseRevocationReport,
  ExplainAnswer,
  IssuerReport,
  KeysReport,
  RevisionPage,
  RevisionSummary,
  RevocationDryRun,
  RevocationList,
  RevocationReport,
  ValidationReport,
} from '../../contract/admin.ts'
import type {
  ActivityReport,
  DecisionAnswer,
  DecisionPage,
} from '../../contract/decisions/answers.ts'
import type { LoginAnswer } from '../../contract/login.ts'
import type { PostureReport } from '../../contract/posture/report.ts'
import type { Session } from '../../contract/session.ts'
import { isJsonObject } from '../../web/json.ts'

export type Shape<T> = (value: unknown) => value is T

const isText = (value: unknown) => typeof value === 'string'
const isNumber = (value: unknown) => typeof value === 'number'
const isBoolean = (value: unknown) => typeof value === 'boolean'
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText)
const isObjects = (value: unknown) => Array.isArray(value) && value.every(isJsonObject)

/** Further members of the contract are optional, or are not read without a look. */
function shape<T>(
  members: Readonly<Partial<Record<keyof T & string, (value: unknown) => boolean>>>,
): Shape<T> {
  const checks = Object.entries<((value: unknown) => boolean) | undefined>(members)
  return (value): value is T =>
    isJsonObject(value) && checks.every(([name, check]) => check?.(value[name]) ?? true)
}

export const SESSION_ANSWER = shape<Session>({
  ...{ subject: isText, scopes: isTexts, expires_at: isNumber, issuer: isText, release: isText },
})
export const LOGIN_ANSWER = shape<LoginAnswer>({ issuer: isText, client_id: isText })
/** An answer without a body. */
export const NO_BODY: Shape<undefined> = (value) => value === undefined
/** A trust document of any release. Its revision is in a header. */
export const TRUST_DOCUMENT: Shape<Readonly<Record<string, unknown>>> = isJsonObject

export const HEALTH_REPORT = shape<AdminHealth>({
  ...{ release: isText, status: isText, checks: isJsonObject, warnings: isTexts },
})
export const ISSUER_LIST = shape<{ readonly issuers: readonly IssuerReport[] }>({
  issuers: isObjects,
})
export const KEYS_REPORT = shape<KeysReport>({
  keys: isObjects,
  problems: isObjects,
  warnings: isTexts,
})
export const REVISION_PAGE = shape<RevisionPage>({ revisions: isObjects })
export const REVISION_SUMMARY = shape<RevisionSummary>({ revision: isNumber, digest: isText })
export const VALIDATION_REPORT = shape<ValidationReport>({ valid: isBoolean, problems: isObjects })
export const EXPLAIN_ANSWER = shape<ExplainAnswer>({
  ...{ outcome: isText, at: isNumber, summary: isText, rules: isObjects, evaluation: isJsonObject },
})

export const ACTIVITY = shape<ActivityReport>({ step_seconds: isNumber, buckets: isObjects })
export const DECISION_ANSWER = shape<DecisionAnswer>({
  decision: isJsonObject,
  explanation: isJsonObject,
})
export const DECISION_PAGE = shape<DecisionPage>({
  ...{ decisions: isObjects, from: isNumber, to: isNumber, complete: isBoolean },
})
export const POSTURE_REPORT = shape<PostureReport>({
  ...{ at: isNumber, revision: isNumber, unused_days: isNumber, findings: isObjects },
  ...{ mapping: isJsonObject, usage: isJsonObject },
})

export const REVOCATION_LIST = shape<RevocationList>({ revocations: isObjects, tokens: isNumber })
export const REVOCATION_DRY_RUN = shape<RevocationDryRun>({ live_tokens: isNumber, gaps: isTexts })
/** Of one token, or of all tokens of a kind. */
export const REVOKED = shape<RevocationReport | CoarseRevocationReport>({ revoked_at: isNumber })
export const LIFTED = shape<CoarseRevocationReport>({ grain: isText, id: isText })
