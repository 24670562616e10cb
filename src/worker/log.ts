/**
 * The only file that writes to the log. Each record is one line of JSON, and the event types define
 * its members. No event contains tokens, keys or claims of callers.
 */
import type { DecisionEvent } from '../core/audit.ts'
import type { RefusalEvent } from '../core/endpoint/forward/forward-auth.ts'
import type { CoarseGrain } from '../protocol/revocations.ts'
import type { SegmentFault } from './caches/revocations/revocation-segments.ts'
import type { FaultyDocument } from './caches/trust/trust-snapshot.ts'
import type { SignInFault } from './console/fault.ts'
import type { Alert, AlertFault, AlertType } from './notify/alert.ts'
import type { DecisionLogFault } from './objects/decision-log/messages.ts'
import type { PublicationFault } from './objects/revocation-log/publication-state.ts'
import type {
  KeyFaultDetail,
  KeyFetchFault,
} from './objects/trust-store/fetch/fetch-issuer-keys.ts'
import type { IssuerAlertDetail } from './objects/trust-store/fetch/issuer-alerts.ts'
import type { KeyChange } from './objects/trust-store/issuer-keys.ts'

/** The events that are caused by each request. */
export type RecordedEvent = DecisionEvent | RefusalEvent

export type LogEvent =
  | RecordedEvent
  | {
      readonly event: 'revocation'
      /** Epoch seconds. */
      readonly at: number
      readonly tokenId: string
      /** Absent if the request named the token only by its `jti`. */
      readonly rule?: string
    }
  | {
      /** Many tokens were revoked, or issuing goes on. The list of revocations has the id. */
      readonly event: 'coarse_revocation'
      readonly at: number
      readonly grain: CoarseGrain
      readonly stops: boolean
    }
  | {
      readonly event: 'revocations_imported'
      readonly at: number
      readonly stored: number
    }
  | {
      readonly event: 'trust_applied'
      readonly at: number
      readonly revision: number
      readonly digest: string
    }
  | ({
      /** All or part of the stored trust document cannot be used. Each isolate logs it once. */
      readonly event: 'trust_document_faulty'
      readonly at: number
    } & FaultyDocument)
  | ({
      readonly event: 'issuer_keys_changed'
      readonly at: number
      /** The URL as it is in the trust document. */
      readonly issuerUrl: string
    } & KeyChange)
  | ({
      readonly event: 'issuer_keys_failed'
      readonly at: number
      readonly issuerUrl: string
      readonly fault: KeyFetchFault
    } & KeyFaultDetail)
  | ({
      /** A person should look at this issuer: see docs/architecture.md. */
      readonly event: 'issuer_alert'
      readonly at: number
      readonly issuerUrl: string
    } & IssuerAlertDetail)
  | {
      /** Edge checks do not see the newest revocations: see docs/architecture.md. */
      readonly event: 'revocations_unpublished'
      readonly at: number
      readonly sequence: number
      readonly fault: PublicationFault
    }
  | {
      /** A shard of the decision log could not sign, deliver, export or read: see docs/architecture.md. */
      readonly event: 'decision_log_failed'
      readonly at: number
      readonly shard: number
      readonly fault: DecisionLogFault | 'block_damaged'
    }
  | {
      /** KV did not have the content of a segment. The isolate asks the log for it. */
      readonly event: 'revocation_segment_unusable'
      readonly at: number
      readonly digest: string
      readonly fault: SegmentFault
    }
  | {
      /** Something that an operator should look at: see docs/alerts.md. */
      readonly event: 'alert'
      readonly at: number
      readonly type: AlertType
      readonly decisionId: string | undefined
      readonly rule: string | undefined
      readonly issuer: string | undefined
      readonly resource: string | undefined
      readonly facts: Alert['facts'] | undefined
    }
  | {
      /** The webhook did not get an alert. */
      readonly event: 'alert_undelivered'
      readonly at: number
      readonly type: AlertType
      readonly decisionId: string | undefined
      readonly rule: string | undefined
      readonly fault: AlertFault
    }
  | {
      /** A person could not sign in at the console: see docs/console.md. */
      readonly event: 'sign_in_failed'
      readonly at: number
      readonly fault: SignInFault
    }
  | {
      readonly event: 'failure'
      readonly requestId: string
      /** The class of the error. Its message is left out because it may quote a caller. */
      readonly error: string
      readonly stack: readonly string[]
    }

export function log(event: LogEvent): void {
  console.log(JSON.stringify(event))
}

/** Writes several events, each as a line of its own, with one call of the runtime. */
export function logAll(events: readonly LogEvent[]): void {
  console.log(events.map((event) => JSON.stringify(event)).join('\n'))
}

/** Returns the name and the stack frames of an error, without its message. */
export function describeError(error: unknown): { error: string; stack: readonly string[] } {
  if (!(error instanceof Error)) return { error: typeof error, stack: [] }
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return { error: error.name, stack: frames.map((line) => line.trim()) }
}
