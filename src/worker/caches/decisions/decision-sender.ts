/**
 * Sends the decisions of an isolate to its shard of the decision log. They wait in a queue as text
 * (`decision-queue.ts`) and are sent behind an answer, many with one call (`unsent-batches.ts`). What
 * an isolate that ends still holds is lost, which is at most `DECISION_FLUSH_MILLISECONDS` of decisions
 * while the shard answers. A decision that must be durable is sent alone, and its answer waits.
 */
import type { DecisionEvent } from '../../../core/audit.ts'
import {
  type DecisionEvidence,
  formatRecord,
  type RecordedClaims,
} from '../../../core/decisions/build-record.ts'
import {
  DECISION_BATCH_RECORDS,
  DECISION_FLUSH_MILLISECONDS,
  DECISION_LAST_TURN_MILLISECONDS,
  DECISION_LAST_TURNS,
  DECISION_RETRIES,
  DECISION_RETRY_MILLISECONDS,
} from '../../../core/decisions/limits.ts'
import { DECISION_LOG, Unavailable } from '../../../core/ports.ts'
import { wait } from '../../../web/deadline.ts'
import { buildBatch, buildBatches } from './decision-batches.ts'
import { createDecisionQueue } from './decision-queue.ts'
import { createUseCollector } from './rule-uses.ts'
import { type Append, createUnsentBatches } from './unsent-batches.ts'

type Background = (task: Promise<unknown>) => void

export type DecisionSender = {
  /** Sends a decision some time after the answer. */
  readonly add: (event: DecisionEvent, evidence: DecisionEvidence, background: Background) => void
  /** Resolves when the decision is durable. Throws `Unavailable`. */
  readonly addDurably: (event: DecisionEvent, evidence: DecisionEvidence) => Promise<void>
  /**
   * Sends everything before the isolate ends. Returns how many decisions the shard did not accept in
   * time.
   */
  readonly flush: () => Promise<number>
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
  /** Returns the counts of tokens that were answered without the trust store since its last call. */
  readonly takeRefused: () => Readonly<Record<string, number>>
  /** Milliseconds. */
  readonly now: () => number
}

export function createDecisionSender({
  shard,
  gatewayIssuer,
  claims,
  append,
  takeRefused,
  now,
}: DecisionSenderOptions): DecisionSender {
  const origin = { shard, issuer: gatewayIssuer }
  const collectUses = createUseCollector(claims)
  const queue = createDecisionQueue(claims, collectUses, now)
  const unsent = createUnsentBatches(now)

  /** Returns whether everything was sent, or another flush is sending it. */
  async function flush(send: Append): Promise<boolean> {
    const { entries, uses } = queue.take()
    if (entries.length > 0) {
      unsent.add(buildBatches(origin, entries, { uses, refused: takeRefused() }))
    }
    return await unsent.sendAll(send)
  }

  async function flushLater(send: Append): Promise<void> {
    await wait(DECISION_FLUSH_MILLISECONDS)
    // There may be no later decision whose flush sends what is left.
    for (let retries = 0; !(await flush(send)) && retries < DECISION_RETRIES; retries += 1) {
      await wait(DECISION_RETRY_MILLISECONDS)
    }
  }

  return {
    add(event, evidence, background) {
      if (append === undefined) return
      if (event.part === DECISION_LOG) {
        // The shard may have stored the granted decision of this id, and not answered. It takes a
        // batch for a repeated one by its first id, so this decision has a batch of its own.
        unsent.add([buildBatch(origin, [formatRecord(event, evidence, claims)])])
        background(flushLater(append))
        return
      }
      const waiting = queue.add(event, evidence)
      if (waiting === 1) background(flushLater(append))
      else if (queue.isOverdue() || waiting >= DECISION_BATCH_RECORDS) background(flush(append))
    },
    async addDurably(event, evidence) {
      if (append === undefined) throw new Unavailable(DECISION_LOG)
      const uses = collectUses(event, evidence)
      await append(buildBatch(origin, [formatRecord(event, evidence, claims)], { uses }).request)
    },
    async flush() {
      if (append === undefined) return 0
      // A batch that another flush is sending counts until the shard has accepted it.
      for (let turn = 0; turn < DECISION_LAST_TURNS; turn += 1) {
        await flush(append)
        if (unsent.count() === 0) break
        await wait(DECISION_LAST_TURN_MILLISECONDS)
      }
      return unsent.count()
    },
    dropped: unsent.dropped,
  }
}
