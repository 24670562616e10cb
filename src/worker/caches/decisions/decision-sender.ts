/**
 * Sends the decisions of an isolate to its shard of the decision log. They wait in a queue as text
 * and are sent behind an answer, many with one call. What an isolate that ends still holds is lost,
 * which is at most `DECISION_FLUSH_MILLISECONDS` of decisions while the shard answers. A decision that
 * must be durable is sent alone, and its answer waits.
 */
import { readLineId } from '../../../contract/decisions/record.ts'
import type { DecisionEvent } from '../../../core/audit.ts'
import {
  type DecisionEvidence,
  formatRecord,
  type RecordedClaims,
} from '../../../core/decisions/build-record.ts'
import {
  DECISION_BATCH_CHARACTERS,
  DECISION_BATCH_RECORDS,
  DECISION_FLUSH_MILLISECONDS,
  DECISION_FORMAT_RECORDS,
  DECISION_LAST_TURN_MILLISECONDS,
  DECISION_LAST_TURNS,
  DECISION_RESEND_MILLISECONDS,
  DECISION_RETRIES,
  DECISION_RETRY_MILLISECONDS,
  MAX_UNSENT_CHARACTERS,
  MAX_UNSENT_DECISIONS,
} from '../../../core/decisions/limits.ts'
import { DECISION_LOG, Unavailable } from '../../../core/ports.ts'
import { wait } from '../../../web/deadline.ts'
import type { AppendRequest } from '../../objects/decision-log/messages.ts'
import type { RuleUse } from '../../objects/rule-uses/rule-use.ts'
import { createUseCollector } from './rule-uses.ts'

type Append = (request: AppendRequest) => Promise<void>
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

type Fresh = { readonly event: DecisionEvent; readonly evidence: DecisionEvidence }
type Entry = { readonly at: number; readonly line: string }
/** What travels with a batch. */
type Extras = Pick<AppendRequest, 'uses' | 'refused'>
type Batch = {
  readonly request: AppendRequest
  readonly characters: number
  sentAt: number | undefined
}

export function createDecisionSender({
  shard,
  gatewayIssuer,
  claims,
  append,
  takeRefused,
  now,
}: DecisionSenderOptions): DecisionSender {
  const collectUses = createUseCollector(claims)
  /** Decisions that are not text yet. */
  let fresh: Fresh[] = []
  let queued: Entry[] = []
  let queuedUses: RuleUse[] = []
  let queuedAt = 0
  let unsent: readonly Batch[] = []
  let dropped = 0
  let failedAt: number | undefined

  function format(event: DecisionEvent, evidence: DecisionEvidence): Entry {
    return formatRecord(event, evidence, claims)
  }

  function buildBatch(entries: readonly Entry[], extras: Extras = {}): Batch {
    const { uses = [], refused = {} } = extras
    const request = {
      ...buildRequest(shard, gatewayIssuer, entries),
      ...(uses.length === 0 ? {} : { uses }),
      ...(Object.keys(refused).length === 0 ? {} : { refused }),
    }
    return { request, characters: countCharacters(entries), sentAt: undefined }
  }

  /** Several at once cost less than each between two exchanges. */
  function formatFresh(): void {
    const decisions = fresh
    fresh = []
    for (const { event, evidence } of decisions) {
      queued.push(format(event, evidence))
      for (const use of collectUses(event, evidence)) queuedUses.push(use)
    }
  }

  /** Makes batches of what waits. */
  function closeQueue(): void {
    formatFresh()
    const batches = splitEntries(queued).map((entries, index) =>
      buildBatch(entries, index === 0 ? { uses: queuedUses, refused: takeRefused() } : {}),
    )
    queued = []
    queuedUses = []
    unsent = [...unsent, ...batches]
    dropOldest()
  }

  function dropOldest(): void {
    let records = unsent.reduce((sum, { request }) => sum + request.lines.length, 0)
    let characters = unsent.reduce((sum, batch) => sum + batch.characters, 0)
    while (records > MAX_UNSENT_DECISIONS || characters > MAX_UNSENT_CHARACTERS) {
      const [oldest, ...rest] = unsent
      if (oldest === undefined) return
      records -= oldest.request.lines.length
      characters -= oldest.characters
      dropped += oldest.request.lines.length
      unsent = rest
    }
  }

  /** A clock that was set back makes a time of unknown age, which then counts as long ago. */
  function isWithin(milliseconds: number, at: number | undefined): boolean {
    return at !== undefined && Math.abs(now() - at) < milliseconds
  }

  /** Returns whether everything was sent, or another flush is sending it. */
  async function flush(send: Append): Promise<boolean> {
    closeQueue()
    for (const batch of unsent) {
      // Otherwise each decision would ask a shard that is down.
      if (isWithin(DECISION_RETRY_MILLISECONDS, failedAt)) return false
      // It was sent or dropped during this loop, or another flush is sending it.
      if (!unsent.includes(batch) || isWithin(DECISION_RESEND_MILLISECONDS, batch.sentAt)) continue
      batch.sentAt = now()
      const isSent = await isAccepted(send(batch.request))
      failedAt = isSent ? undefined : now()
      const isKept = unsent.includes(batch)
      unsent = unsent.filter((other) => other !== batch)
      if (isSent) {
        // It was dropped while the shard stored it.
        if (!isKept) dropped -= batch.request.lines.length
        continue
      }
      // It is sent again after the others, so that a batch that the shard refuses does not stop them.
      batch.sentAt = undefined
      if (isKept) unsent = [...unsent, batch]
      return false
    }
    return true
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
        unsent = [...unsent, buildBatch([format(event, evidence)])]
        dropOldest()
        background(flushLater(append))
        return
      }
      fresh.push({ event, evidence })
      const waiting = queued.length + fresh.length
      if (waiting === 1) {
        queuedAt = now()
        background(flushLater(append))
        return
      }
      // Lines of text wait, and not the claims of many tokens with all that they refer to.
      if (fresh.length >= DECISION_FORMAT_RECORDS) formatFresh()
      // The runtime may have cancelled the request that was to send them, and its timer.
      const isOverdue = !isWithin(2 * DECISION_FLUSH_MILLISECONDS, queuedAt)
      if (isOverdue || waiting >= DECISION_BATCH_RECORDS) background(flush(append))
    },
    async addDurably(event, evidence) {
      if (append === undefined) throw new Unavailable(DECISION_LOG)
      const uses = collectUses(event, evidence)
      await append(buildBatch([format(event, evidence)], { uses }).request)
    },
    async flush() {
      if (append === undefined) return 0
      // A batch that another flush is sending is in `unsent` until the shard has accepted it.
      for (let turn = 0; turn < DECISION_LAST_TURNS; turn += 1) {
        await flush(append)
        if (unsent.length === 0) break
        await wait(DECISION_LAST_TURN_MILLISECONDS)
      }
      return unsent.reduce((sum, { request }) => sum + request.lines.length, 0)
    },
    dropped: () => dropped,
  }
}

async function isAccepted(sent: Promise<void>): Promise<boolean> {
  try {
    await sent
    return true
  } catch {
    return false
  }
}

/** Splits decisions into batches of at most as many records and characters as a shard accepts. */
function splitEntries(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const batches: Entry[][] = []
  let characters = 0
  for (const entry of entries) {
    const open = batches.at(-1)
    characters += entry.line.length
    const isFull =
      open === undefined ||
      open.length >= DECISION_BATCH_RECORDS ||
      characters > DECISION_BATCH_CHARACTERS
    if (isFull) {
      batches.push([entry])
      characters = entry.line.length
    } else open.push(entry)
  }
  return batches
}

function countCharacters(entries: readonly Entry[]): number {
  return entries.reduce((sum, { line }) => sum + line.length, 0)
}

function buildRequest(shard: number, issuer: string, entries: readonly Entry[]): AppendRequest {
  const lines = entries.map(({ line }) => line)
  const times = entries.map(({ at }) => at)
  return {
    shard,
    issuer,
    lines,
    firstId: readLineId(lines[0] ?? '') ?? '',
    fromAt: Math.min(...times),
    toAt: Math.max(...times),
  }
}
