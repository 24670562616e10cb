/**
 * Batches of decisions: what one call sends to a shard of the decision log. When they are sent is up to
 * `unsent-batches.ts`.
 */
import { readLineId } from '../../../contract/decisions/record.ts'
import { DECISION_BATCH_CHARACTERS } from '../../../core/decisions/limits.ts'
import type { AppendRequest } from '../../objects/decision-log/messages.ts'

/** A decision as text, and when it was made in epoch milliseconds. */
export type Entry = { readonly at: number; readonly line: string }

/** Whose decisions a batch has. */
export type BatchOrigin = Pick<AppendRequest, 'shard' | 'issuer'>

/** What travels with a batch. */
type Extras = Pick<AppendRequest, 'uses' | 'refused'>

export type Batch = {
  readonly request: AppendRequest
  readonly characters: number
  /** When it was sent, in epoch milliseconds; undefined while nobody waits for an answer. */
  sentAt: number | undefined
}

/** Makes one batch. `entries` is within the limits of a shard. */
export function buildBatch(
  origin: BatchOrigin,
  entries: readonly Entry[],
  { uses = [], refused = {} }: Extras = {},
): Batch {
  const request = {
    ...buildRequest(origin, entries),
    ...(uses.length === 0 ? {} : { uses }),
    ...(Object.keys(refused).length === 0 ? {} : { refused }),
  }
  return { request, characters: countCharacters(entries), sentAt: undefined }
}

/** Makes as many batches as the entries need. The extras travel with the first. */
export function buildBatches(
  origin: BatchOrigin,
  entries: readonly Entry[],
  extras: Extras,
): readonly Batch[] {
  return splitEntries(entries).map((part, index) =>
    buildBatch(origin, part, index === 0 ? extras : {}),
  )
}

/**
 * Splits decisions into batches of at most as many characters as a shard accepts. The queue is sent
 * when it has as many decisions as a shard accepts.
 */
function splitEntries(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const batches: Entry[][] = []
  let characters = 0
  for (const entry of entries) {
    const open = batches.at(-1)
    characters += entry.line.length
    if (open === undefined || characters > DECISION_BATCH_CHARACTERS) {
      batches.push([entry])
      characters = entry.line.length
    } else open.push(entry)
  }
  return batches
}

function countCharacters(entries: readonly Entry[]): number {
  return entries.reduce((sum, { line }) => sum + line.length, 0)
}

function buildRequest(origin: BatchOrigin, entries: readonly Entry[]): AppendRequest {
  const lines = entries.map(({ line }) => line)
  const times = entries.map(({ at }) => at)
  return {
    ...origin,
    lines,
    firstId: readLineId(lines[0] ?? '') ?? '',
    fromAt: Math.min(...times),
    toAt: Math.max(...times),
  }
}
