/**
 * The one place that writes to the log: a structured record a line. What may stand in a record is
 * said by the types of the events; tokens, keys and claims of callers are in none of them.
 */
import type { DecisionEvent } from '../core/audit.ts'
import type { RefusalEvent } from '../core/endpoint/forward-auth.ts'
import type { FaultyDocument } from './caches/trust-snapshot.ts'
import type { PublicationFault } from './objects/revocation-log/publication-fault.ts'
import type { KeyFaultDetail, KeyFetchFault } from './objects/trust-store/fetch-issuer-keys.ts'
import type { IssuerAlertDetail } from './objects/trust-store/issuer-alerts.ts'
import type { KeyChange } from './objects/trust-store/issuer-keys.ts'

export type LogEvent =
  | DecisionEvent
  | RefusalEvent
  | {
      readonly event: 'revocation'
      /** Epoch seconds. */
      readonly at: number
      readonly tokenId: string
      /** Absent where the token was named by its `jti` alone. */
      readonly rule?: string
    }
  | {
      readonly event: 'trust_applied'
      readonly at: number
      readonly revision: number
      readonly digest: string
    }
  | ({
      /** The stored trust document cannot be used, or not all of it; once for each isolate. */
      readonly event: 'trust_document_faulty'
      readonly at: number
    } & FaultyDocument)
  | ({
      readonly event: 'issuer_keys_changed'
      readonly at: number
      /** As the operator wrote it in the trust document. */
      readonly issuerUrl: string
    } & KeyChange)
  | ({
      readonly event: 'issuer_keys_failed'
      readonly at: number
      readonly issuerUrl: string
      readonly fault: KeyFetchFault
    } & KeyFaultDetail)
  | ({
      /** For a person to look at: see docs/architecture.md. */
      readonly event: 'issuer_alert'
      readonly at: number
      readonly issuerUrl: string
    } & IssuerAlertDetail)
  | {
      /** What edge checks read is behind the log; see docs/architecture.md. */
      readonly event: 'revocations_unpublished'
      readonly at: number
      readonly sequence: number
      readonly fault: PublicationFault
    }
  | {
      readonly event: 'failure'
      readonly requestId: string
      /** The class of what was thrown, and where: never its message, which may quote a caller. */
      readonly error: string
      readonly stack: readonly string[]
    }

export function log(event: LogEvent): void {
  console.log(JSON.stringify(event))
}

/** Name and frames of an error, without its message. */
export function describeError(error: unknown): { error: string; stack: readonly string[] } {
  if (!(error instanceof Error)) return { error: typeof error, stack: [] }
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return { error: error.name, stack: frames.map((line) => line.trim()) }
}
