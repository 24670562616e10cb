/** The answers of the admin API about the decision log. */
import type { DecisionRecord } from './record.ts'

/** The answer of `GET /admin/v1/decisions`. */
export type DecisionPage = {
  /** The newest first. */
  readonly decisions: readonly DecisionRecord[]
  /** The period that was searched, in epoch milliseconds: from inclusive, to exclusive. */
  readonly from: number
  readonly to: number
  /** True if no other decision that is kept matches. Otherwise `next` continues. */
  readonly complete: boolean
  /**
   * Retention has deleted decisions of the period, the latest of this time, in epoch milliseconds.
   * Decisions up to then may be missing.
   */
  readonly purged_to?: number
  /**
   * Stored decisions that the page would need cannot be read, the latest of this time, in epoch
   * milliseconds. They are left out.
   */
  readonly damaged_to?: number
  /** The `cursor` of the next page. A page may be short, or empty, and still have one. */
  readonly next?: string
}

/** Why a decision was made, by the rules that were in force. */
export type DecisionExplanation = {
  /**
   * `complete`: evaluated again, with every claim of the token. `partial`: without the claims that the
   * deployment does not record. `none`: `note` says why.
   */
  readonly status: 'complete' | 'partial' | 'none'
  readonly note?: string
  /** The trust document of `revision`, or the deploy-time policy, which has no revisions. */
  readonly source?: 'document' | 'policy'
  readonly revision?: number
  /**
   * Whether this evaluation has the recorded result. Absent if a result of the rules is not what the
   * record has, such as for a token that was used before.
   */
  readonly agrees?: boolean
  readonly summary?: string
  /** One sentence for each rule of the issuer, in the order of the document. */
  readonly rules?: readonly { readonly rule: string; readonly sentence: string }[]
  /** How many rules are left out. Those that are nearest to the request are kept. */
  readonly rules_omitted?: number
  /** The rule with the fewest failed conditions, for a denial. */
  readonly nearest_miss?: string
  /** As `decision` of `edgemint explain --json`. Only with the status `complete`. */
  readonly evaluation?: object
}

/** The answer of `GET /admin/v1/decisions/{id}`. */
export type DecisionAnswer = {
  readonly decision: DecisionRecord
  readonly explanation: DecisionExplanation
}

/** In answers of `GET /admin/v1/decisions` and `…/export`: how many shards the deployment has. */
export const DECISION_SHARDS_HEADER = 'edgemint-decision-shards'

/** The answer of `GET /admin/v1/decisions/activity`. */
export type ActivityReport = {
  readonly step_seconds: number
  /** The earliest first, without gaps. */
  readonly buckets: readonly {
    /** Epoch seconds of its begin. */
    readonly at: number
    readonly granted: number
    readonly denied: number
    /** Requests that were answered 503, because a part of the gateway did not answer. */
    readonly unavailable: number
  }[]
}
