/**
 * Sends the decisions of an isolate to its shard of the decision log. They wait in a queue and are
 * sent behind an answer, many with one call. What an isolate that ends still holds is lost, which is
 * at most `DECISION_FLUSH_MILLISECONDS` of decisions. A decision that must be durable is sent alone,
 * and its answer waits.
 */
import type { DecisionRecord } from '../../contract/decisions/record.ts'
import type { DecisionEvent } from '../../core/audit.ts'
import {
  buildRecord,
  type DecisionEvidence,
  type RecordedClaims,
} from '../../core/decisions/build-record.ts'
import {
  DECISION_BATCH_RECORDS,
  DECISION_FLUSH_MILLISECONDS,
  DECISION_RESEND_MILLISECONDS,
  DECISION_RETRY_MILLISECONDS,
  MAX_UNSENT_DECISIONS,
} from '../../core/limits.ts'
import { Unavailable } from '../../core/ports.ts'
import { wait } from '../../web/deadline.ts'
import type { AppendRequest } from '../objects/decision-log/messages.ts'

type Append = (request: AppendRequest) => Promise<void>
type Background = (task: Promise<unknown>) => void

export type DecisionSender = {
  /** Sends a decision some time after the answer. */
  readonly add: (event: DecisionEvent, evidence: DecisionEvidence, background: Background) => void
  /** Resolves when the decision is durable. Throws `Unavailable`. */
  readonly addDurably: (event: DecisionEvent, evidence: DecisionEvidence) => Promise<void>
  /** How many decisions were dropped since the isolate started. */
  readonly dropped: () => number
}

export type DecisionSenderOptions = {
  readonly shard: number
  readonly gatewayIssuer: string
  readonly claims: RecordedClaims
  /**
   * Throws `Unavailable` if the shard does not answer in time. Undefined without a decision log: then
   * only decisions that must be durable fail.
   */
  readonly append: Append | undefined
  /** Milliseconds. */
  readonly now: () => number
}

type Queued = { readonly event: DecisionEvent; readonly evidence: DecisionEvidence }
type Batch = { readonly request: AppendRequest; sentAt: number | undefined }

export function createDecisionSender({
  shard,
  gatewayIssuer,
  claims,
  append,
  now,
}: DecisionSenderOptions): DecisionSender {
  let queued: Queued[] = []
  let queuedAt = 0
  let unsent: readonly Batch[] = []
  let dropped = 0

  function buildBatch(decisions: readonly Queued[]): Batch {
    const records = decisions.map(({ event, evidence }) => buildRecord(event, evidence, claims))
    return { request: buildRequest(shard, gatewayIssuer, records), sentAt: undefined }
  }

  /** Returns whether everything was sent. */
  async function flush(send: Append): Promise<boolean> {
    while (queued.length > 0) {
      const batch = buildBatch(queued.slice(0, DECISION_BATCH_RECORDS))
      queued = queued.slice(DECISION_BATCH_RECORDS)
      unsent = [...unsent, batch]
    }
    dropOldest()
    for (const batch of unsent) {
      // Another flush is sending it. The shard appends a repeated batch once.
      if (batch.sentAt !== undefined && now() - batch.sentAt < DECISION_RESEND_MILLISECONDS)
        continue
      batch.sentAt = now()
      try {
        await send(batch.request)
      } catch {
        // It stays, and the next flush sends it again.
        batch.sentAt = undefined
        return false
      }
      unsent = unsent.filter((other) => other !== batch)
    }
    return true
  }

  function dropOldest(): void {
    const count = () => unsent.reduce((sum, { request }) => sum + request.lines.length, 0)
    while (count() > MAX_UNSENT_DECISIONS) {
      const [oldest, ...rest] = unsent
      dropped += oldest?.request.lines.length ?? 0
      unsent = rest
    }
  }

  async function flushLater(send: Append): Promise<void> {
    await wait(DECISION_FLUSH_MILLISECONDS)
    if (await flush(send)) return
    // There may be no later decision whose flush sends what is left.
    await wait(DECISION_RETRY_MILLISECONDS)
    await flush(send)
  }

  return {
    add(event, evidence, background) {
      if (append === undefined) return
      queued.push({ event, evidence })
      if (queued.length === 1) {
        queuedAt = now()
        background(flushLater(append))
        return
      }
      // The runtime may have cancelled the request that was to send them, and its timer.
      const isOverdue = Math.abs(now() - queuedAt) > 2 * DECISION_FLUSH_MILLISECONDS
      if (isOverdue || queued.length >= DECISION_BATCH_RECORDS) background(flush(append))
    },
    async addDurably(event, evidence) {
      if (append === undefined) throw new Unavailable('decision_log')
      await append(buildBatch([{ event, evidence }]).request)
    },
    dropped: () => dropped,
  }
}

function buildRequest(
  shard: number,
  issuer: string,
  records: readonly DecisionRecord[],
): AppendRequest {
  const times = records.map(({ at }) => at)
  return {
    shard,
    issuer,
    lines: records.map((record) => JSON.stringify(record)),
    firstId: records[0]?.id ?? '',
    fromAt: Math.min(...times),
    toAt: Math.max(...times),
  }
}
