/** A recorded decision as the replay reads it, or why it cannot be replayed. */
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import { sourceOf } from '../../core/decisions/explain-record.ts'
import { knownClaims } from '../../core/decisions/known-claims.ts'
import { requestOf } from '../../core/decisions/recorded-request.ts'
import type { DecisionRequest } from '../../core/policy/decide/decision-request.ts'
import type { JsonObject } from '../../web/json.ts'

export type RecordedCase = {
  readonly record: DecisionRecord
  /** The claims that the record has. */
  readonly claims: JsonObject
  /** Whether these are all claims of the token. */
  readonly isWhole: boolean
  readonly request: DecisionRequest
}

/** `admin`: the deploy-time policy decided. `unverified`: it ended before any rule was read. */
export type SkipReason = 'admin' | 'unverified'

export function readCase(record: DecisionRecord, gatewayIssuer: string): RecordedCase | SkipReason {
  const source = sourceOf(record, gatewayIssuer)
  if (source === undefined) return 'unverified'
  if (source === 'policy') return 'admin'
  const isWhole = record.all_claims === true && record.claims !== undefined
  return {
    record,
    claims: isWhole ? (record.claims ?? {}) : knownClaims(record),
    isWhole,
    // Templates can have the id of the decision.
    request: { ...requestOf(record, source, gatewayIssuer), decisionId: record.id },
  }
}
